import { createHash } from "node:crypto";
import * as z from "zod";
import { newProfile, setAttributes } from "../../shared/accounts/user-fields.ts";
import { importedAttributes } from "../../shared/attributes/attribute-schemas.ts";
import * as schemas from "../../shared/contract/schemas.ts";
import { flag } from "../../shared/identity/text-rules.ts";
import { userAttributes } from "../../shared/attributes/user-attributes.ts";
import { earlierUsernameKey } from "../../shared/identity/username.ts";
import { readHash } from "../../shared/passwords/hash-forms.ts";
import { isoTime, type Clock } from "../../shared/platform/clock.ts";
import type { User } from "../../shared/store/user-items.ts";

const longestHash = 512;

const passwordHash = schemas.password
  .max(longestHash, { error: `Ensure this field has no more than ${longestHash} characters.`, abort: true })
  .refine((stored) => readHash(stored) !== "unknown", "This hash format is not supported.")
  .refine((stored) => readHash(stored) !== "too_costly", "This hash is too expensive to verify.");

const timeSentence = "Enter a time such as 2026-11-22T20:15:00Z.";
const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);

const timePattern = /^(\d{4}-\d\d-\d\d)[ Tt](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(?:([+-]\d\d)(?::?(\d\d))?|[Zz])?$/;

/** A time without a zone is UTC, wherever the command runs. PostgreSQL writes a space for the T. */
const inUtc = (typed: string): string => {
  const [, date, time, seconds = ":00", hours, minutes = "00"] = timePattern.exec(typed) ?? [];
  if (date === undefined) return typed;
  return `${date}T${time}${seconds}${hours === undefined ? "Z" : `${hours}:${minutes}`}`;
};

const isTime = (iso: string) => z.iso.datetime({ offset: true }).safeParse(iso).success;

const rowSchema = (clock: Clock) =>
  z.object({
    id: z.uuid({ error: "Must be a valid UUID." }).toLowerCase().optional(),
    email: schemas.email,
    username: schemas.importedUsername,
    password_hash: passwordHash,
    ...importedAttributes,
    state: z.enum(["active", "disabled"], { error: "Must be active or disabled." }).default("active"),
    is_staff: flag.default(false),
    created: z
      .string({ error: timeSentence })
      .overwrite(inUtc)
      .refine(isTime, { error: timeSentence, abort: true })
      .refine((iso) => seconds(iso) >= 0 && seconds(iso) <= clock(), "Must be in the past.")
      .optional(),
  });
type Row = z.input<ReturnType<typeof rowSchema>>;

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isAttribute = (name: PropertyKey | undefined): boolean =>
  name !== undefined && Object.hasOwn(userAttributes, name);

/** The contract's sentence about a choice would repeat the value, which may be personal data. */
const problemOf = (issue: z.core.$ZodIssue): string => {
  const { path, message } = issue;
  const isChoice = issue.code === "invalid_value" && isAttribute(path[0]);
  return `${path.join(".")}: ${isChoice ? `Must be one of ${issue.values.join(", ")}.` : message}`;
};
const required: ReadonlySet<string> = new Set(["email", "username", "password_hash"]);

/** Databases write `null` for what a person didn't fill in. */
const filledIn = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null || required.has(name)));

// Derives an id for a row that has none. It is deterministic, so importing the same row twice finds
// the first import. It includes the username, because two users of the original can have addresses
// that are equal here, and the second must be refused instead of mistaken for the first.
const importedId = (addressKey: string, username: string): string => {
  const hash = createHash("sha256")
    .update(`imported\0${addressKey}\0${earlierUsernameKey(username)}`)
    .digest();
  const bytes = Buffer.from(hash.subarray(0, 16));
  // RFC 9562 reserves version 8 for custom ids.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

export type ReadRow = { user: User; bringsId: boolean } | { problems: string[] };

/** Problems name a field and a rule. They contain no personal data of the line. */
export const rowReader = (clock: Clock, addressKey: (address: string) => Promise<string>) => {
  const schema = rowSchema(clock);
  return async (line: string): Promise<ReadRow> => {
    const json = parsed(line);
    if (typeof json !== "object" || json === null || Array.isArray(json))
      return { problems: ["Not a JSON object."] };
    const { data: row, error } = schema.safeParse(filledIn(json));
    if (!row) return { problems: error.issues.map(problemOf) };
    const key = await addressKey(row.email);
    const user = {
      ...newProfile(row),
      id: row.id ?? importedId(key, row.username),
      username: row.username,
      email: row.email,
      addressKey: key,
      passwordHash: row.password_hash,
      status: row.state,
      isStaff: row.is_staff,
      sessionEpoch: 0,
      createdAt: row.created === undefined ? clock() : seconds(row.created),
    };
    return { user, bringsId: row.id !== undefined };
  };
};

export const writeRow = (user: User): string => {
  const row = {
    id: user.id,
    email: user.email,
    username: user.username,
    password_hash: user.passwordHash,
    ...setAttributes(user),
    state: user.status,
    is_staff: user.isStaff,
    created: isoTime(user.createdAt),
  } satisfies Row;
  return `${JSON.stringify(row)}\n`;
};
