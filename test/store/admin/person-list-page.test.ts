import { randomUUID } from "node:crypto";
import { BatchWriteCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { personList, type ListRequest } from "../../../shared/admin/person-list.ts";
import { documents } from "../../support/store/documents.ts";
import { interceptCalls } from "../../support/store/intercepted-calls.ts";
import { listAttributes, listIndexes } from "../../../shared/store/list-indexes.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { listedPerson, type Kind } from "../../support/people/stored-people.ts";
import { createTableLike } from "../../support/store/create-table-like.ts";
import { farSeconds } from "../../support/store/fake-clock.ts";
import { ownUsersTable } from "../../support/store/own-tables.ts";

const now = farSeconds;
const { table, write, put, clear } = ownUsersTable();

const newPerson = (kind: Kind, createdAt = now, email = "ada@example.com") =>
  listedPerson(kind, { createdAt, email, now });

const pageOf = async (one: Partial<ListRequest> = {}) => {
  const page = await personList(() => now).page({ size: 25, ...one });
  if (page === "cursor_not_valid") throw new Error(page);
  return page;
};
const idsOf = async (one: Partial<ListRequest> = {}) => (await pageOf(one)).people.map(({ id }) => id);

/** Records the DynamoDB calls of this test from now on, each after `before`. */
const watchCalls = (before: (command: string, input: string) => Promise<void> = async () => {}) => {
  const calls: { command: string; input: string; output: string }[] = [];
  const stop = interceptCalls(async ({ name, input }, send) => {
    const sent = JSON.stringify(input);
    await before(name, sent);
    const output = await send();
    calls.push({ command: name, input: sent, output: JSON.stringify(output) });
    return output;
  });
  onTestFinished(stop);
  return { calls, stop };
};

/** Runs `work` once, between the queries of a page and the batch that reads its people. */
const meanwhile = (work: () => Promise<unknown>) => {
  let left = 1;
  watchCalls(async (command) => {
    if (command.startsWith("BatchGet") && left-- === 1) await work();
  });
};

describe("page of a person list", () => {
  it("shows attributes that no index holds", async () => {
    await clear();
    const person = newPerson("staff");
    await put(person);
    for (const [IndexName, { partition, sort, projected }] of Object.entries(listIndexes)) {
      const { Items } = await documents().send(
        new QueryCommand({
          TableName: table,
          IndexName,
          KeyConditionExpression: "#partition = :partition",
          ExpressionAttributeNames: { "#partition": partition },
          ExpressionAttributeValues: { ":partition": { ...person }[partition] },
        }),
      );
      expect(Object.keys(Items?.[0] ?? {}).toSorted(), IndexName).toEqual(
        ["pk", partition, sort, ...projected.filter((name) => name !== "expiresAt")].toSorted(),
      );
    }
    const { username, firstName, isStaff } = { isStaff: undefined, ...person };
    expect((await pageOf()).people).toMatchObject([{ username, firstName, isStaff }]);
  });

  it("reads only the attributes that it shows", async () => {
    await clear();
    await put(newPerson("active"), newPerson("pending"));
    const { calls } = watchCalls();
    await pageOf();
    const read = calls.map(({ output }) => output).join();
    expect(read).toContain("ada@example.com");
    expect(read).not.toMatch(/passwordHash|otp|networkKey|sessionEpoch/);
  });

  it("is read with one batch after the queries, at any length", async () => {
    await clear();
    await put(...Array.from({ length: 120 }, (_, index) => newPerson("active", now - index)));
    const { calls } = watchCalls();
    expect((await pageOf({ state: "active", size: 100 })).people).toHaveLength(100);
    const batches = calls.map(({ command }) => command.startsWith("BatchGet"));
    expect(batches.filter(Boolean)).toHaveLength(1);
    expect(batches.at(-1)).toBe(true);
  });

  it("retries keys that the batch left unprocessed", async () => {
    await clear();
    const person = newPerson("active");
    await put(person);
    const asked: object[] = [];
    const restore = interceptCalls(async ({ name, input }, send) => {
      const output = await send();
      if (!name.startsWith("BatchGet")) return output;
      asked.push(input);
      const UnprocessedKeys = "RequestItems" in input ? input.RequestItems : {};
      return asked.length > 1 ? output : { ...output, Responses: {}, UnprocessedKeys };
    });
    onTestFinished(restore);
    expect(await idsOf()).toEqual([person.id]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it("shows a change made while it is read", async () => {
    await clear();
    const person = newPerson("active");
    await put(person);
    meanwhile(() =>
      documents().send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: person.pk },
          UpdateExpression: "SET firstName = :firstName",
          ExpressionAttributeValues: { ":firstName": "Augusta" },
        }),
      ),
    );
    expect((await pageOf()).people).toMatchObject([{ id: person.id, firstName: "Augusta" }]);
  });

  it("omits someone deleted meanwhile, and the next page continues after them", async () => {
    await clear();
    const people = Array.from({ length: 5 }, (_, index) =>
      newPerson(index % 2 === 0 ? "active" : "disabled", now - index),
    );
    await put(...people);
    meanwhile(() => write([{ DeleteRequest: { Key: { pk: people[1]?.pk } } }]));
    const { people: shown, next } = await pageOf({ size: 2 });
    expect(shown.map(({ id }) => id)).toEqual([people[0]?.id]);
    expect(await idsOf({ size: 2, cursor: next ?? "" })).toEqual([people[2]?.id, people[3]?.id]);
  });

  it("shows someone disabled meanwhile as disabled, but not among the active", async () => {
    for (const [state, shown] of [
      [undefined, ["disabled"]],
      ["active", []],
    ] as const) {
      await clear();
      const person = newPerson("active");
      await put(person);
      const disabled = { ...person, status: "disabled", ...listAttributes(person, "disabled") };
      meanwhile(() => put(disabled));
      expect((await pageOf({ state })).people.map(({ status }) => status)).toEqual(shown);
    }
  });

  it("omits someone who has left the prefix or the staff meanwhile", async () => {
    await clear();
    const person = newPerson("staff");
    await put(person);
    const moved = {
      ...person,
      email: "b@example.com",
      ...listAttributes({ ...person, email: "b@example.com" }, "active"),
    };
    meanwhile(() => put(moved));
    expect(await idsOf({ addressPrefix: "ada" })).toEqual([]);
    const { staffKey: _, ...former } = { staffKey: "", ...moved, isStaff: false };
    meanwhile(() => put(former));
    expect(await idsOf({ state: "staff" })).toEqual([]);
  });

  it("doesn't confuse a registration with one that replaces it meanwhile", async () => {
    await clear();
    const first = newPerson("pending", now - 1);
    await put(first);
    const { pk } = first;
    const second = { ...newPerson("pending"), pk };
    meanwhile(() => put(second));
    expect(await idsOf()).toEqual([]);
    expect(await idsOf()).toEqual([second.id]);
  });

  it("shows someone only once who changes state between its queries", async () => {
    for (const [before, after] of [
      ["active", "disabled"],
      ["pending", "active"],
    ] as const) {
      await clear();
      const person = newPerson(before);
      const moved = { ...person, pk: userPk(person.id), status: after, ...listAttributes(person, after) };
      await put(person, newPerson("active", now - 1));
      let moving: Promise<void> | undefined;
      const move = async () => {
        await eventually(
          "their old partition to be read",
          () => calls.some(({ input }) => input.includes(person.listKey)) || undefined,
        );
        await write([{ DeleteRequest: { Key: { pk: person.pk } } }]);
        await put({ ...moved, expiresAt: undefined });
      };
      const { calls, stop } = watchCalls(async (command, input) => {
        if (command.startsWith("Query") && !input.includes(person.listKey)) await (moving ??= move());
      });
      const { people } = await pageOf({ size: 1 });
      expect(people, before).toMatchObject([{ id: person.id, status: after }]);
      stop();
    }
  });

  it("can be read from indexes with an older, wider projection", async () => {
    const wider = `wider-${randomUUID()}`;
    await createTableLike(table, wider, {
      ProjectionType: "INCLUDE",
      NonKeyAttributes: [
        "id",
        "username",
        "email",
        "firstName",
        "lastName",
        "status",
        "createdAt",
        "expiresAt",
      ],
    });
    process.env["USERS_TABLE"] = wider;
    onTestFinished(() => void (process.env["USERS_TABLE"] = table));
    const people = [newPerson("active"), newPerson("pending", now - 1), newPerson("expired", now - 2)];
    await documents().send(
      new BatchWriteCommand({ RequestItems: { [wider]: people.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    expect(await idsOf()).toEqual([people[0]?.id, people[1]?.id]);
  });
});
