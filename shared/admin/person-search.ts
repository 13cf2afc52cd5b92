// Turns what administrators type into ranges of an index. Its keys spell names in another way.
import { domainToASCII, domainToUnicode } from "node:url";
import { normaliseAddress } from "../identity/email-address.ts";
import { shownUsername, usernameKey } from "../identity/username.ts";
import { startOfDate, type listIndexes, type PersonState } from "../store/list-indexes.ts";
import type { ListOrder } from "./list-cursor.ts";
import { stateOf, type ListedPerson } from "./person-fields.ts";

export type Criteria = {
  state?: PersonState | "staff" | undefined;
  /** With a prefix, the list is sorted by it. Without one, the newest people come first. */
  addressPrefix?: string | undefined;
  usernamePrefix?: string | undefined;
  /** In epoch seconds. The second one is excluded. */
  createdFrom?: number | undefined;
  createdBefore?: number | undefined;
};
export type Range = { from: string; to: string };

// Addresses are printable ASCII, so DEL sorts after all their characters.
const afterAscii = "\u007f";
const afterAll = "\u{10ffff}";
const afterDates = ":";
const longestAddress = 254;
const longestUsername = 150;
const idnPrefix = "xn--";

const isAscii = (text: string): boolean => /^[\x21-\x7e]*$/.test(text);

/** An unencoded `+` arrives as a space. Addresses and usernames have no spaces or quotes. */
const pasted = (typed: string): string =>
  (/<([^<>]*)>?\s*$/.exec(typed)?.[1] ?? typed)
    .replace(/^\s*mailto:/i, "")
    .replaceAll('"', "")
    .trim()
    .replaceAll(" ", "+");

/** Letter by letter, because lower-casing a word spells its last sigma differently. */
const foldedDomain = (domain: string): string =>
  Array.from(domain.normalize("NFKC"), (letter) => letter.toLowerCase())
    .join("")
    .replaceAll("\u3002", ".");

/** A part of a label has no ASCII form, so it is compared with the shown form of each label. */
const addressSearch = (text: string) => {
  const at = text.lastIndexOf("@") + 1;
  const labels = foldedDomain(at > 0 ? text.slice(at) : "").split(".");
  const last = at > 0 ? (labels.pop() ?? "") : "";
  const whole = at > 0 ? labels.map((label) => `${isAscii(label) ? label : domainToASCII(label)}.`) : [];
  const base = (at > 0 ? text.slice(0, at) : text).toLowerCase() + whole.join("");
  const starts = [
    ...(isAscii(last) ? [base + last] : []),
    ...(last === "" || idnPrefix.startsWith(last) || last.startsWith(idnPrefix) ? [] : [base + idnPrefix]),
  ];
  return {
    ranges: starts
      .filter((start) => isAscii(start) && start.length <= longestAddress)
      .map((start) => ({ from: start, to: start + afterAscii })),
    holds: (address: string): boolean => {
      if (!address.startsWith(base)) return false;
      const [label = ""] = address.slice(base.length).split(".");
      return label.startsWith(last) || domainToUnicode(label).startsWith(last);
    },
  };
};

const usernameSearch = (text: string) => {
  const key = usernameKey(text);
  return {
    ranges: shownUsername(text).length > longestUsername ? [] : [{ from: key, to: key + afterAll }],
    holds: (usernameKey: string): boolean => usernameKey.startsWith(key),
  };
};

const dateRanges = ({ createdFrom = 0, createdBefore }: Criteria): Range[] => {
  const from = startOfDate(createdFrom);
  const to = createdBefore === undefined ? afterDates : startOfDate(createdBefore);
  return from < to ? [{ from, to }] : [];
};

export const keyIn = (place: string): string => place.slice(0, place.lastIndexOf("#"));

export const searchFor = (criteria: Criteria) => {
  const { state, addressPrefix = "", usernamePrefix = "", createdFrom = 0, createdBefore } = criteria;
  const [addressText, usernameText] = [pasted(addressPrefix), pasted(usernamePrefix)];
  const address = addressText === "" ? undefined : addressSearch(addressText);
  const username = usernameText === "" ? undefined : usernameSearch(usernameText);
  const byUsername = username !== undefined && state !== "staff";
  const order: ListOrder = byUsername ? "username" : address ? "address" : "date";
  const prefix = state === "staff" ? "Staff" : "";
  const index: keyof typeof listIndexes = byUsername
    ? "ByUsername"
    : (`${prefix}${address ? "ByAddress" : "ByDate"}` as const);
  const ranges: Range[] = (byUsername ? username : address)?.ranges ?? dateRanges(criteria);
  const isDated = createdFrom > 0 || createdBefore !== undefined;
  const includes = (place: string): boolean => {
    if (order === "date") return ranges.some(({ from, to }) => from <= place && place <= to);
    return (order === "username" ? username : address)?.holds(keyIn(place)) === true;
  };
  return {
    order,
    index,
    ranges,
    includes,
    /** True if the index finds people who don't match. */
    isPartly:
      (username !== undefined && !byUsername) ||
      (byUsername && address !== undefined) ||
      (isDated && order !== "date"),
    matches: (person: ListedPerson): boolean =>
      (state === "staff" ? person.isStaff === true : state === undefined || stateOf(person) === state) &&
      address?.holds(normaliseAddress(person.email)) !== false &&
      username?.holds(usernameKey(person.username)) !== false &&
      person.createdAt >= createdFrom &&
      (createdBefore === undefined || person.createdAt < createdBefore),
  };
};
export type Search = ReturnType<typeof searchFor>;
