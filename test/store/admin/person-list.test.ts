import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { dynamo } from "../../../shared/store/dynamo.ts";
import { encodeCursor } from "../../../shared/admin/list-cursor.ts";
import { BatchWriteCommand, QueryCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { listAttributes, listIndexes } from "../../../shared/store/list-indexes.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { personList, type ListRequest } from "../../../shared/admin/person-list.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { farSeconds } from "../../support/store/fake-clock.ts";
import { createTableLike } from "../../support/store/create-table-like.ts";
import { listedPerson, type Kind } from "../../support/people/stored-people.ts";

const now = farSeconds;
// Lists are of everybody, and other files write to the common table at the same time.
const table = `list-${randomUUID()}`;
beforeAll(async () => {
  if (inject("engineUrl") === "") return;
  await createTableLike(inject("storeEnvironment")["USERS_TABLE"] ?? "", table);
  process.env["USERS_TABLE"] = table;
});

const write = async (requests: Record<string, unknown>[]) => {
  for (let start = 0; start < requests.length; start += 25)
    await dynamo().send(
      new BatchWriteCommand({ RequestItems: { [table]: requests.slice(start, start + 25) } }),
    );
};

const put = (...items: object[]) => write(items.map((Item) => ({ PutRequest: { Item } })));

const clear = async () => {
  const { Items = [] } = await dynamo().send(new ScanCommand({ TableName: table }));
  await write(Items.map(({ pk }) => ({ DeleteRequest: { Key: { pk } } })));
};

const person = fc.record({
  kind: fc.constantFrom<Kind>("active", "disabled", "pending", "expired", "staff"),
  // Few seconds and few names: many ties.
  createdAt: fc.integer({ min: now - 5, max: now }),
  email: fc.constantFrom(
    "a@example.com",
    "ab@example.com",
    "abc@example.com",
    "b@example.com",
    "B@example.org",
  ),
});

const request = fc.record({
  state: fc.constantFrom<ListRequest["state"]>(undefined, "active", "disabled", "pending", "staff"),
  addressPrefix: fc.constantFrom(undefined, "a", "AB", "ab@example.com", "b@", "z"),
  size: fc.constantFrom(1, 2, 3, 7, 25),
});

const belongs = ({ state, addressPrefix = "" }: Omit<ListRequest, "size">, kind: Kind, email: string) =>
  kind !== "expired" &&
  (state === undefined || state === kind || (state === "active" && kind === "staff")) &&
  email.toLowerCase().startsWith(addressPrefix.toLowerCase());

const newPerson = (kind: Kind, createdAt = now, email = "ada@example.com") =>
  listedPerson(kind, { createdAt, email, now });

const pageOf = async (one: Partial<ListRequest> = {}) => {
  const page = await personList(() => now).page({ size: 25, ...one });
  if (page === "cursor_not_valid") throw new Error(page);
  return page;
};
const idsOf = async (one: Partial<ListRequest> = {}) => (await pageOf(one)).people.map(({ id }) => id);

/** Calls of this test from now on, each of which waits for `before`. */
const watchCalls = (before: (command: string, input: string) => Promise<void> = async () => {}) => {
  const calls: { command: string; input: string; output: string }[] = [];
  const name = randomUUID();
  dynamo().middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const input = JSON.stringify(args.input);
        await before(commandName, input);
        const result = await next(args);
        calls.push({ command: commandName, input, output: JSON.stringify(result.output) });
        return result;
      },
    { step: "initialize", name },
  );
  const stop = () => void dynamo().middlewareStack.remove(name);
  onTestFinished(stop);
  return { calls, stop };
};

/** What happens once between the queries of a page and the reading of its people. */
const meanwhile = (work: () => Promise<unknown>) => {
  let left = 1;
  watchCalls(async (command) => {
    if (command.startsWith("BatchGet") && left-- === 1) await work();
  });
};

describe("a page of people", () => {
  it("shows what no index holds: those hold keys, state and expiry only", async () => {
    await clear();
    const person = newPerson("staff");
    await put(person);
    for (const [IndexName, { partition, sort }] of Object.entries(listIndexes)) {
      const { Items } = await dynamo().send(
        new QueryCommand({
          TableName: table,
          IndexName,
          KeyConditionExpression: "#partition = :partition",
          ExpressionAttributeNames: { "#partition": partition },
          ExpressionAttributeValues: { ":partition": { ...person }[partition] },
        }),
      );
      expect(Object.keys(Items?.[0] ?? {}).toSorted(), IndexName).toEqual(
        ["pk", "status", partition, sort].toSorted(),
      );
    }
    const { username, firstName, isStaff } = { isStaff: undefined, ...person };
    expect((await pageOf()).people).toMatchObject([{ username, firstName, isStaff }]);
  });

  it("reads nothing of a person but what it shows", async () => {
    await clear();
    await put(newPerson("active"), newPerson("pending"));
    const { calls } = watchCalls();
    await pageOf();
    const read = calls.map(({ output }) => output).join();
    expect(read).toContain("ada@example.com");
    expect(read).not.toMatch(/passwordHash|otp|addressKey|sessionEpoch/);
  });

  it("is read with one batch after the queries, however long it is", async () => {
    await clear();
    await put(...Array.from({ length: 120 }, (_, index) => newPerson("active", now - index)));
    const { calls } = watchCalls();
    expect((await pageOf({ state: "active", size: 100 })).people).toHaveLength(100);
    const batches = calls.map(({ command }) => command.startsWith("BatchGet"));
    expect(batches.filter(Boolean)).toHaveLength(1);
    expect(batches.at(-1)).toBe(true);
  });

  it("asks again for whom the store left unprocessed", async () => {
    await clear();
    const person = newPerson("active");
    await put(person);
    const name = randomUUID();
    const asked: object[] = [];
    dynamo().middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const result = await next(args);
          if (!commandName.startsWith("BatchGet")) return result;
          asked.push(args.input);
          const UnprocessedKeys = "RequestItems" in args.input ? args.input.RequestItems : {};
          return asked.length > 1
            ? result
            : { ...result, output: { ...result.output, Responses: {}, UnprocessedKeys } };
        },
      { step: "initialize", name },
    );
    onTestFinished(() => void dynamo().middlewareStack.remove(name));
    expect(await idsOf()).toEqual([person.id]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it("shows a change made while it was read", async () => {
    await clear();
    const person = newPerson("active");
    await put(person);
    meanwhile(() =>
      dynamo().send(
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

  it("leaves out who was deleted while it was read, and the next page goes on after them", async () => {
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

  it("shows who was disabled while it was read in a list of every state, and not among the active", async () => {
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

  it("leaves out of a search whose address no longer begins so, and of the staff who left it", async () => {
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

  it("does not take a registration for the one that replaced it while it was read", async () => {
    await clear();
    const first = newPerson("pending", now - 1);
    await put(first);
    const { pk } = first;
    const second = { ...newPerson("pending"), pk };
    meanwhile(() => put(second));
    expect(await idsOf()).toEqual([]);
    expect(await idsOf()).toEqual([second.id]);
  });

  it("shows whoever moves from one state to another between its queries once, as they are now", async () => {
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

  it("is read from indexes of an older, wider projection too", async () => {
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
    await dynamo().send(
      new BatchWriteCommand({ RequestItems: { [wider]: people.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    expect(await idsOf()).toEqual([people[0]?.id, people[1]?.id]);
  });
});

describe("lists of people", () => {
  it("show everybody who belongs exactly once, in order, in full pages", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 40 }),
        fc.array(request, { minLength: 4, maxLength: 4 }),
        async (kinds, requests) => {
          await clear();
          const people = kinds.map(({ kind, ...rest }) => ({
            kind,
            item: listedPerson(kind, { ...rest, now }),
          }));
          await write(people.map(({ item }) => ({ PutRequest: { Item: item } })));
          const list = personList(() => now);
          for (const one of requests) {
            const shown = [];
            for (let cursor: string | undefined, more = true; more;) {
              const page = await list.page({ ...one, cursor });
              if (page === "cursor_not_valid") throw new Error(page);
              more = page.next !== null;
              if (more) expect(page.people).toHaveLength(one.size);
              shown.push(...page.people);
              cursor = page.next ?? undefined;
            }
            const expected = people.filter(({ kind, item }) => belongs(one, kind, item.email));
            expect(shown.map(({ id }) => id).toSorted()).toEqual(
              expected.map(({ item }) => item.id).toSorted(),
            );
            const order = shown.map(({ createdAt, email }) =>
              one.addressPrefix === undefined ? -createdAt : email.toLowerCase(),
            );
            expect(order).toEqual(order.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
          }
        },
      ),
      { numRuns: 15 },
    ));

  it("goes on after the last one shown, whoever came or went meanwhile", async () => {
    await clear();
    const items = Array.from({ length: 6 }, (_, index) =>
      listedPerson("active", { createdAt: now - index, email: "a@example.com", now }),
    );
    await write(items.map((Item) => ({ PutRequest: { Item } })));
    const list = personList(() => now);
    const first = await list.page({ size: 2 });
    if (first === "cursor_not_valid" || first.next === null) throw new Error("no second page");
    await write([
      { DeleteRequest: { Key: { pk: items[1]?.pk } } },
      { PutRequest: { Item: listedPerson("active", { createdAt: now + 1, email: "new@example.com", now }) } },
    ]);
    expect(await list.page({ size: 2, cursor: first.next })).toMatchObject({
      people: [{ id: items[2]?.id }, { id: items[3]?.id }],
    });
  });

  it("refuses whatever is no cursor, and the cursor of another list", async () => {
    const list = personList(() => now);
    const id = randomUUID();
    const byAddress = encodeCursor(`ada@example.com#${id}`);
    for (const [cursor, addressPrefix] of [
      ["", undefined],
      ["x", undefined],
      ["ä💥", undefined],
      ["A".repeat(3000), undefined],
      [encodeCursor(`1800000000#${id}x`), undefined],
      [`${encodeCursor(`1800000000#${id}`)}=`, undefined],
      [encodeCursor(`1800000000#${id}`), "ada"],
      [byAddress, undefined],
      [byAddress, "b"],
      [encodeCursor(`a d a@example.com#${id}`), "a"],
    ] as const)
      expect(await list.page({ size: 1, cursor, addressPrefix }), cursor).toBe("cursor_not_valid");
    expect(await list.page({ size: 1, cursor: byAddress, addressPrefix: "ada" })).toMatchObject({
      next: null,
    });
  });

  it("does not fail on prefixes that no address has", async () => {
    const list = personList(() => now);
    for (const addressPrefix of ["é", "💥".repeat(127), "\u007f", "#", " ", "%", "a".repeat(254)])
      expect(await list.page({ size: 25, addressPrefix })).toMatchObject({ next: null });
  });
});
