import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCursor } from "../../../shared/admin/list-cursor.ts";
import { personList, type ListRequest } from "../../../shared/admin/person-list.ts";
import { listedPerson, type Kind } from "../../support/people/stored-people.ts";
import { farSeconds } from "../../support/store/fake-clock.ts";
import { ownUsersTable } from "../../support/store/own-tables.ts";
import { runs } from "../../support/store/property-runs.ts";

const now = farSeconds;
const { write, clear } = ownUsersTable();

const person = fc.record({
  kind: fc.constantFrom<Kind>("active", "disabled", "pending", "expired", "staff"),
  // A few times and names only, so that there are many ties.
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

describe("list of people", () => {
  it("shows each matching person exactly once, in order, in full pages", () =>
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
      { numRuns: runs(15) },
    ));

  it("continues after the last person shown, despite additions and deletions", async () => {
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

  it("refuses invalid cursors and those of other lists", async () => {
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

  it("accepts prefixes that no address has", async () => {
    const list = personList(() => now);
    for (const addressPrefix of ["é", "💥".repeat(127), "\u007f", "#", " ", "%", "a".repeat(254)])
      expect(await list.page({ size: 25, addressPrefix })).toMatchObject({ next: null });
  });
});
