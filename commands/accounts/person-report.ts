// What users:find tells about a person. An address is masked unless it is asked for.
import { personList } from "../../shared/admin/person-list.ts";
import { stateOf, type ListedPerson } from "../../shared/admin/person-fields.ts";
import { personLookup } from "../../shared/admin/person-lookup.ts";
import { deliveryStore, shownDelivery } from "../../shared/delivery/delivery-store.ts";
import { isAddress } from "../../shared/identity/email-address.ts";
import { guessCounters, guessesOf, type GuessCounter } from "../../shared/limits/guess-counters.ts";
import { isoTime } from "../../shared/platform/clock.ts";
import { peopleAt, personWithId } from "./named-person.ts";

export type Wanted = { email?: string | undefined; username?: string | undefined; id?: string | undefined };

const mostShown = 20;

/** Keeps so much that an operator recognises an address that they know. */
export const maskedAddress = (address: string): string => {
  const at = address.lastIndexOf("@");
  const last = address.slice(address.lastIndexOf("."));
  return `${address.slice(0, 1)}***@${address.slice(at + 1, at + 2)}***${last}`;
};

const matching = async ({
  email,
  username,
}: Wanted): Promise<{ people: ListedPerson[]; isPart: boolean }> => {
  const page = await personList().page({ addressPrefix: email, usernamePrefix: username, size: mostShown });
  if (page === "cursor_not_valid") throw new Error("The list of people changed meanwhile. Try again.");
  // The index shows a new name some milliseconds late, and has none of very old accounts.
  const named =
    username === undefined || email !== undefined ? undefined : await personLookup().findByUsername(username);
  const isMissing = named !== undefined && page.people.every(({ id }) => id !== named.id);
  return { people: isMissing ? [named, ...page.people] : page.people, isPart: page.next !== null };
};

export const findPeople = async (wanted: Wanted): Promise<{ people: ListedPerson[]; isPart: boolean }> => {
  const { email, username, id } = wanted;
  if (id !== undefined) {
    const person = await personWithId(id);
    return { people: person ? [person] : [], isPart: false };
  }
  if (email !== undefined && username === undefined && isAddress(email)) {
    const people = await peopleAt(email);
    if (people.length > 0) return { people, isPart: false };
  }
  return matching(wanted);
};

const registrationAt = async (person: ListedPerson): Promise<ListedPerson | undefined> =>
  (await peopleAt(person.email)).find(
    (one: ListedPerson) => one.id !== person.id && one.status === undefined,
  );

export const reportOf = async (person: ListedPerson, { show }: { show: boolean }) => {
  const { id, email, username, addressKey, isStaff = false, createdAt, lastSignInAt, addressMove } = person;
  const state = stateOf(person);
  const isAccount = state !== "pending";
  const [delivery, limits, registration] = await Promise.all([
    deliveryStore().find(addressKey),
    guessCounters().find(guessesOf(addressKey, isAccount ? id : undefined)),
    isAccount ? registrationAt(person) : undefined,
  ]);
  const until = (seconds: number | undefined) => (seconds === undefined ? null : isoTime(seconds));
  return {
    id,
    email: show ? email : maskedAddress(email),
    ...(show && { username }),
    state,
    rank: isStaff ? ("staff" as const) : ("user" as const),
    created: isoTime(createdAt),
    last_sign_in: until(lastSignInAt),
    registration_ends: isAccount ? until(registration?.expiresAt) : until(person.expiresAt),
    delivery: { ...shownDelivery(delivery), stopped_until: until(delivery?.stoppedUntil || undefined) },
    address_move: addressMove
      ? { due: isoTime(addressMove.dueAt), confirmed: addressMove.confirmation !== undefined }
      : null,
    limits,
  };
};
export type Report = Awaited<ReturnType<typeof reportOf>>;

const shownWindow = (seconds: number | null): string => (seconds === null ? "in a row" : `in ${seconds} s`);

export const shownLimit = ({ counts, number, window_seconds, reached }: GuessCounter): string =>
  `${counts}: ${number} ${shownWindow(window_seconds)}${reached === null ? "" : `, no more until ${reached}`}`;

export const shownReport = (report: Report): string => {
  const { id, email, username, state, rank, created, last_sign_in, delivery, address_move } = report;
  const { registration_ends: ends } = report;
  const move = address_move && `${address_move.confirmed ? "confirmed" : "waits"}, due ${address_move.due}`;
  const letters = [
    delivery.state,
    delivery.reason,
    delivery.at,
    delivery.stopped_until && `none until ${delivery.stopped_until}`,
  ];
  const rows: [string, string | null | undefined][] = [
    ["id", id],
    ["address", email],
    ["username", username],
    ["state", `${state}, ${rank}`],
    ["created", created],
    ["last sign-in", last_sign_in ?? "never"],
    [state === "pending" ? "ends" : "registration of the same address, ends", ends],
    ["letters", letters.filter(Boolean).join(", ")],
    ["move to another mailbox", move],
    ...report.limits.map((limit): [string, string] => ["guesses", shownLimit(limit)]),
  ];
  return rows.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join("\n");
};
