import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { dynamo } from "../../shared/store/dynamo.ts";
import { encodeCursor } from "../../shared/admin/list-cursor.ts";
import { BatchWriteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { userList, type ListRequest } from "../../shared/admin/person-list.ts";
import { farSeconds } from "../support/clock.ts";
import { copyTable } from "../support/copy-table.ts";
import { listedPerson, type Kind } from "../support/store-people.ts";

const now = farSeconds;
// Lists are of everybody, and other files write to the common table at the same time.
const table = `list-${randomUUID()}`;
beforeAll(async () => {
  if (inject("engineUrl") === "") return;
  await copyTable(inject("storeEnvironment")["USERS_TABLE"] ?? "", table);
  process.env["USERS_TABLE"] = table;
});

const write = async (requests: Record<string, unknown>[]) => {
  for (let start = 0; start < requests.length; start += 25)
    await dynamo().send(
      new BatchWriteCommand({ RequestItems: { [table]: requests.slice(start, start + 25) } }),
    );
};

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

describe.skipIf(inject("engineUrl") === "")("lists of people", () => {
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
          const list = userList(() => now);
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
    const list = userList(() => now);
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
    const list = userList(() => now);
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
    const list = userList(() => now);
    for (const addressPrefix of ["é", "💥".repeat(127), "\u007f", "#", " ", "%", "a".repeat(254)])
      expect(await list.page({ size: 25, addressPrefix })).toMatchObject({ next: null });
  });
});
