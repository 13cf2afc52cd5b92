import { randomUUID } from "node:crypto";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operator, person, staff, type Actor } from "../../../shared/events/actor.ts";
import { ownActivity, personActivity } from "../../../shared/events/activity-view.ts";
import { historyStore } from "../../../shared/events/history-store.ts";
import type { UserEvent } from "../../../shared/events/user-event.ts";
import { documents } from "../../support/store/documents.ts";
import { fakeClock, farSeconds } from "../../support/store/fake-clock.ts";
import { interceptCalls } from "../../support/store/intercepted-calls.ts";
import { runs } from "../../support/store/property-runs.ts";

const day = 86_400;
const newId = () => `evt_${randomUUID().replaceAll("-", "")}`;

const life = (userId: string = randomUUID()) => {
  let [version, at] = [0, farSeconds];
  return (type: UserEvent["type"], actor: Actor = person, seconds = 100): UserEvent => {
    [version, at] = [version + 1, at + seconds];
    return { id: newId(), type, at, userId, version, actor };
  };
};

const stored = async (pk: string) => {
  const { Items = [] } = await documents().send(
    new QueryCommand({
      TableName: process.env["HISTORY_TABLE"],
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      ConsistentRead: true,
    }),
  );
  return Items;
};

const history = historyStore(fakeClock().now);
const all = (userId: string) => history.all(userId);

describe("history of a person", () => {
  it("shows the newest first, page by page, with repeated records once", async () => {
    const happen = life();
    const events = [happen("user.created"), ...Array.from({ length: 4 }, () => happen("user.updated"))];
    await history.add(events);
    await history.add(events.toReversed());
    const [{ userId } = { userId: "" }] = events;
    const seen: UserEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await history.page(userId, { limit: 2, cursor });
      if (page === "cursor_not_valid") throw new Error(page);
      expect(page.events.length).toBeLessThanOrEqual(2);
      seen.push(...page.events);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(events.toReversed());
    expect(await all(userId)).toEqual(seen);
  });

  it("refuses cursors that it has not made", async () => {
    for (const cursor of ["", "x", Buffer.from("deleted").toString("base64url"), "____"])
      expect(await history.page("u", { limit: 1, cursor })).toBe("cursor_not_valid");
  });

  it("ends after its days, whether TTL has deleted it or not", async () => {
    const clock = fakeClock();
    const event = life()("user.created");
    await historyStore(clock.now).add([event]);
    clock.pass(90 * day + 100);
    expect(await historyStore(clock.now).all(event.userId)).toEqual([]);
    expect((await stored(`person#${event.userId}`))[0]).toMatchObject({
      expiresAt: event.at + 90 * day,
      v: 1,
    });
    const late = { ...event, userId: randomUUID() };
    await historyStore(clock.now).add([late]);
    expect(await stored(`person#${late.userId}`)).toEqual([]);
  });

  it("names you, and no administrator by their id", () => {
    const happen = life("me");
    const events = [
      happen("user.created"),
      happen("user.updated", staff({ id: "s" })),
      happen("user.updated", staff({ id: "me" })),
      happen("user.disabled", operator),
    ];
    expect(ownActivity(events).map(({ by }) => by)).toEqual([
      "you",
      "an administrator",
      "you",
      "an operator",
    ]);
    expect(JSON.stringify(ownActivity(events))).not.toMatch(/actor|"s"/);
    expect(personActivity(events).map(({ by, actor_id }) => [by, actor_id])).toEqual([
      ["person", null],
      ["staff", "s"],
      ["staff", "me"],
      ["operator", null],
    ]);
  });
});

describe("deletion of an account", () => {
  it("leaves only its own event, for any order and number of records", async () => {
    const given = fc.record({
      before: fc.integer({ min: 0, max: 6 }),
      order: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ before, order }) => {
        const happen = life();
        const events = [
          happen("user.created"),
          ...Array.from({ length: before }, () => happen("user.updated", person, 1)),
        ];
        const deletion = happen("user.deleted", operator, 0);
        const records = [...events, deletion];
        await history.add(records);
        for (const index of order) await history.add([records[index % records.length] ?? deletion]);
        const left = await stored(`person#${deletion.userId}`);
        expect(left).toMatchObject([{ place: "deleted", id: deletion.id, version: deletion.version }]);
        expect(await all(deletion.userId)).toEqual([]);
      }),
      { numRuns: runs(12) },
    );
  });

  it("goes on where an earlier attempt was interrupted", async () => {
    const happen = life();
    const [created, deletion] = [happen("user.created"), happen("user.deleted")];
    await history.add([created]);
    const restore = interceptCalls(async ({ name }, send) => {
      if (name === "BatchWriteItemCommand") throw new Error("interrupted");
      return send();
    });
    await expect(history.add([deletion])).rejects.toThrow("interrupted");
    restore();
    await history.add([deletion]);
    expect(await all(created.userId)).toEqual([]);
  });

  it("begins a new history if the same id is imported later", async () => {
    const happen = life();
    const [first, deletion, second] = [
      happen("user.created"),
      happen("user.deleted"),
      happen("user.created", operator, 3_600),
    ];
    await history.add([first, deletion, second]);
    await history.add([first, deletion]);
    expect(await all(first.userId)).toEqual([second]);
  });
});

describe("acts of staff and operators", () => {
  it("are kept apart for a year, once each, and outlive the person", async () => {
    const happen = life();
    const [own, byStaff, deletion] = [
      happen("user.created"),
      happen("user.updated", staff({ id: "s1" })),
      happen("user.deleted", operator),
    ];
    await history.add([own, byStaff, deletion]);
    await history.add([own, byStaff, deletion]);
    const month = new Date(byStaff.at * 1000).toISOString().slice(0, 7);
    const acts = (await stored(`act#${month}`)).filter(({ userId }) => userId === own.userId);
    expect(acts).toEqual(
      [byStaff, deletion].map(({ actor, ...event }) => ({
        pk: `act#${month}`,
        place: `${event.at}#${event.id}`,
        ...event,
        actor: actor?.by === "staff" ? "staff:s1" : "operator",
        expiresAt: event.at + 365 * day,
        v: 1,
      })),
    );
  });
});

describe("events since a time", () => {
  it("come in order for each person, with their ids, also deletions", async () => {
    const [one, other] = [life(), life()];
    const [early, ...later] = [
      one("user.created"),
      one("user.updated"),
      one("password.changed", person, 0),
      one("user.disabled"),
    ];
    const gone = [other("user.created"), other("user.deleted")];
    await history.add([...later.toReversed(), early, ...gone]);
    const ids = new Set([early.userId, gone[0]?.userId]);
    const since = async (time: number) => {
      const events: UserEvent[] = [];
      for await (const event of history.since(time)) if (ids.has(event.userId)) events.push(event);
      return Object.groupBy(events, ({ userId }) => userId);
    };
    const found = await since(early.at + 1);
    expect(found[early.userId]).toEqual(later);
    expect(found[gone[0]?.userId ?? ""]).toEqual(gone.slice(1));
    expect((await since(early.at))[early.userId]).toEqual([early, ...later]);
  });
});
