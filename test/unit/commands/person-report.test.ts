import { expect, it } from "vitest";
import { maskedAddress, shownReport } from "../../../commands/accounts/person-report.ts";

it.each([
  ["ada@example.com", "a***@e***.com"],
  ["a@b.co.uk", "a***@b***.uk"],
])("an address is masked: %s as %s", (address, masked) => {
  expect(maskedAddress(address)).toBe(masked);
});

const report = {
  id: "id-1",
  email: "a***@e***.com",
  state: "active" as const,
  rank: "staff" as const,
  created: "2026-01-01T00:00:00.000Z",
  last_sign_in: null,
  registration_ends: null,
  delivery: { state: "fine" as const, reason: null, at: null, stopped_until: null },
  address_move: null,
  limits: [],
};

it("a report has one line for each thing that is known", () => {
  expect(shownReport(report).split("\n")).toEqual([
    "id: id-1",
    "address: a***@e***.com",
    "state: active, staff",
    "created: 2026-01-01T00:00:00.000Z",
    "last sign-in: never",
    "letters: fine",
  ]);
  const bounced = {
    state: "undeliverable" as const,
    reason: "no_such_mailbox" as const,
    at: "2026-11-25T00:00:00.000Z",
    stopped_until: "2026-11-26T00:00:00.000Z",
  };
  const counter = { counts: "codes of sign-ins", number: 100, window_seconds: null, reached: "2027" };
  const all = {
    ...report,
    username: "ada",
    last_sign_in: "2026-11-24T00:00:00.000Z",
    registration_ends: "2026-12-01T00:00:00.000Z",
    delivery: bounced,
    address_move: { due: "2026-11-27T00:00:00.000Z", confirmed: false },
    limits: [counter, { ...counter, number: 2, window_seconds: 300, reached: null }],
  };
  expect(shownReport(all).split("\n").slice(2)).toEqual([
    "username: ada",
    "state: active, staff",
    "created: 2026-01-01T00:00:00.000Z",
    "last sign-in: 2026-11-24T00:00:00.000Z",
    "registration of the same address, ends: 2026-12-01T00:00:00.000Z",
    "letters: undeliverable, no_such_mailbox, 2026-11-25T00:00:00.000Z, none until 2026-11-26T00:00:00.000Z",
    "move to another mailbox: waits, due 2026-11-27T00:00:00.000Z",
    "guesses: codes of sign-ins: 100 in a row, no more until 2027",
    "guesses: codes of sign-ins: 2 in 300 s",
  ]);
});
