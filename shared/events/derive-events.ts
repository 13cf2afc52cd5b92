// Events come from the images of the table's stream, so no writer can forget one. Only the
// attributes that are named here count. Both older and newer code may have written the images, so
// nothing here may throw.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { noAttributes, storedNames } from "../attributes/stored-attributes.ts";
import { simulatorDomain } from "../identity/email-address.ts";
import { userPk } from "../store/user-items.ts";
import type { Item } from "../store/documents.ts";
import { actorIn } from "./actor.ts";
import type { EventType, UserEvent } from "./user-event.ts";

export type Change = {
  oldImage?: Item | undefined;
  newImage?: Item | undefined;
  deletion?: Item | undefined;
  streamArn: string;
  sequenceNumber: string;
  /** When the stream says that it happened (epoch seconds), for writes that don't tell. */
  at: number;
};

/** Only the operators' smoke test can prove an address at SES's mailbox simulator. */
const isSimulated = (email: unknown): boolean =>
  typeof email === "string" && email.trim().toLowerCase().endsWith(`@${simulatorDomain}`);

const idOf = ({ streamArn, sequenceNumber }: Change, type: EventType): string => {
  const digest = createHash("sha256").update(JSON.stringify([streamArn, sequenceNumber, type]));
  return `evt_${digest.digest("hex").slice(0, 32)}`;
};

const whole = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const versionOf = ({ version }: Item): number => whole(version) ?? 0;

const defaults: Item = noAttributes;
const differs = (before: Item, after: Item, name: string): boolean =>
  !isDeepStrictEqual(before[name] ?? defaults[name], after[name] ?? defaults[name]);

const isActive = ({ status }: Item): boolean => status === "active";

const typesOf = (before: Item, after: Item): EventType[] => {
  const has = (...names: string[]) => names.some((name) => differs(before, after, name));
  // A sign-in that only hashes the same password anew changes neither of these.
  const isAct = has("version", "sessionEpoch");
  const disabled = isActive(before) && !isActive(after);
  const enabled = !isActive(before) && isActive(after);
  return [
    ...(has("username", ...storedNames) ? (["user.updated"] as const) : []),
    ...(has("email", "addressKey") ? (["user.email_changed"] as const) : []),
    ...(has("passwordHash") && isAct ? (["password.changed"] as const) : []),
    ...((before["isStaff"] === true) !== (after["isStaff"] === true) ? (["user.rank_changed"] as const) : []),
    ...(disabled ? (["user.disabled"] as const) : []),
    ...(enabled ? (["user.enabled"] as const) : []),
  ];
};

/** Only the write itself can tell. An image may still carry what an earlier write has set. */
const tellerOf = ({ oldImage, newImage, deletion }: Change, version: number): Item | undefined => {
  const before = oldImage ? versionOf(oldImage) : 0;
  if (!newImage) return deletion && deletion["version"] === version ? deletion : undefined;
  return version > before ? newImage : undefined;
};

export const eventsOf = (change: Change): UserEvent[] => {
  const { oldImage, newImage } = change;
  const image = newImage ?? oldImage;
  const userId = image?.["id"];
  if (!image || typeof userId !== "string" || image["pk"] !== userPk(userId)) return [];
  const changed =
    oldImage && newImage
      ? typesOf(oldImage, newImage)
      : [newImage ? ("user.created" as const) : ("user.deleted" as const)];
  const version = newImage ? versionOf(newImage) : versionOf(image) + 1;
  const teller = tellerOf(change, version);
  const actor = actorIn(teller?.["changedBy"]);
  const test = isSimulated(image["email"]);
  return changed.map((type) => ({
    id: idOf(change, type),
    type,
    at: whole(teller?.["changedAt"]) ?? change.at,
    userId,
    version,
    ...(actor && { actor }),
    ...(test && { test }),
  }));
};
