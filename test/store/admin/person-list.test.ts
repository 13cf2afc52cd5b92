import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCursor } from "../../../shared/store/list-indexes.ts";
import type { ListedPerson } from "../../../shared/admin/person-fields.ts";
import { normaliseAddress } from "../../../shared/identity/email-address.ts";
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
    "b@b\u00fccher.example",
    "B@xn--bcher-kva.example",
    "b@b.stra\u00dfe.example",
  ),
  username: fc.constantFrom("ada", "Ada.B", "adab", "stra\u00dfe", "\u{20bb7}", "\u{20bb7}\ufa0e"),
});

const request = fc.record({
  state: fc.constantFrom<ListRequest["state"]>(undefined, "active", "disabled", "pending", "staff"),
  addressPrefix: fc.constantFrom(undefined, undefined, "a", "AB", "ab@example.com", "b@b", "B@B\u00dc", "z"),
  usernamePrefix: fc.constantFrom(undefined, undefined, undefined, "\uff21d", "ada.", "STRASS", "\u{20bb7}"),
  createdFrom: fc.constantFrom(undefined, undefined, now - 3),
  createdBefore: fc.constantFrom(undefined, undefined, now, now - 2.5),
  size: fc.constantFrom(1, 2, 3, 7, 25),
});

type Stored = { kind: Kind; email: string; username: string; createdAt: number };
const shown = (email: string) => email.toLowerCase().replace("xn--bcher-kva", "b\u00fccher");
const folded = (name: string) => name.normalize("NFKC").toUpperCase().toLowerCase();
const belongs = (
  { state, addressPrefix, usernamePrefix, createdFrom = 0, createdBefore = Infinity }: ListRequest,
  { kind, email, username, createdAt }: Stored,
) =>
  kind !== "expired" &&
  (state === undefined || state === kind || (state === "active" && kind === "staff")) &&
  shown(email).startsWith(addressPrefix?.toLowerCase() ?? "") &&
  folded(username).startsWith(folded(usernamePrefix ?? "")) &&
  createdAt >= createdFrom &&
  createdAt < createdBefore;

const orderOf = ({ addressPrefix, usernamePrefix, state }: ListRequest) => {
  if (usernamePrefix !== undefined && state !== "staff")
    return ({ username }: Stored) => Buffer.from(folded(username)).toString("hex");
  return ({ email, createdAt }: Stored) =>
    addressPrefix === undefined ? -createdAt : normaliseAddress(email);
};

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
            const listed: ListedPerson[] = [];
            for (let cursor: string | undefined, more = true; more;) {
              const page = await list.page({ ...one, cursor });
              if (page === "cursor_not_valid") throw new Error(page);
              more = page.next !== null;
              if (more) expect(page.people).toHaveLength(one.size);
              listed.push(...page.people);
              cursor = page.next ?? undefined;
            }
            const expected = people.filter(({ kind, item }) => belongs(one, { ...item, kind }));
            expect(listed.map(({ id }) => id).toSorted()).toEqual(
              expected.map(({ item }) => item.id).toSorted(),
            );
            const order = listed.map((person) => orderOf(one)({ ...person, kind: "active" }));
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
      [encodeCursor(`b@xn--mller-kva.example#${id}`), "b@b\u00fc"],
    ] as const)
      expect(await list.page({ size: 1, cursor, addressPrefix }), cursor).toBe("cursor_not_valid");
    expect(await list.page({ size: 1, cursor: byAddress, addressPrefix: "ada" })).toMatchObject({
      next: null,
    });
  });

  it("accepts prefixes that no address has", async () => {
    const list = personList(() => now);
    // U+FDFA becomes 33 bytes in the forms that are compared. DynamoDB takes 1,024 bytes.
    const expanding = "\ufdfa".repeat(125);
    for (const prefix of [
      "é",
      "💥".repeat(127),
      "\u007f",
      "#",
      " ",
      "%",
      "a".repeat(254),
      "a@.",
      expanding,
    ]) {
      expect(await list.page({ size: 25, addressPrefix: prefix })).toMatchObject({ next: null });
      expect(await list.page({ size: 25, addressPrefix: `a@${prefix}` })).toMatchObject({ next: null });
      expect(await list.page({ size: 25, usernamePrefix: prefix })).toMatchObject({ next: null });
    }
    const none = { createdFrom: now, createdBefore: now };
    expect(await list.page({ size: 25, ...none })).toEqual({ people: [], next: null });
  });

  it("finds each person by each beginning of what it shows", async () => {
    await clear();
    const shownAddresses = [
      "Ada+News@B\u00fccher.M\u00fcller.Example",
      "ada@xn--bcher-kva.example",
      "ada@b\u3002example",
    ];
    const people = shownAddresses.map((email) => listedPerson("active", { createdAt: now, email, now }));
    await write(people.map((Item) => ({ PutRequest: { Item } })));
    const list = personList(() => now);
    const finds = async (one: object, id: string) => {
      const page = await list.page({ size: 25, ...one });
      expect(
        page === "cursor_not_valid" ? [] : page.people.map((person) => person.id),
        JSON.stringify(one),
      ).toContain(id);
    };
    for (const { id, email, username } of people) {
      for (let end = email.indexOf("@"); end <= email.length; end += 1)
        await finds({ addressPrefix: email.slice(0, end) }, id);
      for (const typed of [
        normaliseAddress(email),
        email.toUpperCase(),
        `Ada <${email}>`,
        ` "${email}" `,
        `mailto:${email}`,
      ])
        await finds({ addressPrefix: typed }, id);
      for (const end of [1, 5, username.length]) await finds({ usernamePrefix: username.slice(0, end) }, id);
    }
    await finds({ addressPrefix: "ada news@bu\u0308cher" }, people[0]?.id ?? "");
    await finds({ addressPrefix: "ada@\uff22" }, people[2]?.id ?? "");
  });

  it("continues a search that its index answers only partly", async () => {
    await clear();
    const items = Array.from({ length: 130 }, (_, index) =>
      listedPerson("active", { createdAt: now + (index % 65), email: `a${index}@example.com`, now }),
    );
    for (let start = 0; start < items.length; start += 25)
      await write(items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } })));
    const list = personList(() => now + 100);
    const one = { size: 1, addressPrefix: "a", createdFrom: now + 64 };
    const first = await list.page(one);
    if (first === "cursor_not_valid" || first.next === null) throw new Error("no second page");
    const second = await list.page({ ...one, cursor: first.next });
    expect(
      [first, second].flatMap((page) =>
        page === "cursor_not_valid" ? [] : page.people.map(({ email }) => email),
      ),
    ).toEqual(["a129@example.com", "a64@example.com"]);
    expect(second).toMatchObject({ next: null });
  });
});
