// A deactivated account can't be undone, so the time for undoing stops until it is activated again.
import { variable } from "../platform/environment.ts";
import { emailUndoItem, emailUndoPk, undoableUntil, wayBackOf, type EmailUndo } from "./address-items.ts";
import { readItem, type TransactionPart } from "./dynamo.ts";
import type { User } from "./user-items.ts";

type Timer = Record<"undoUntil" | "undoSecondsLeft", number | undefined>;

export const timerAfter = (before: User, after: User, now: number): Timer => {
  const { undoUntil, undoSecondsLeft } = before;
  if (before.status !== after.status && after.status === "disabled" && (undoUntil ?? 0) > now)
    return { undoUntil: undefined, undoSecondsLeft: (undoUntil ?? now) - now };
  if (before.status !== after.status && after.status === "active" && undoSecondsLeft !== undefined)
    return { undoUntil: now + undoSecondsLeft, undoSecondsLeft: undefined };
  return { undoUntil, undoSecondsLeft };
};

const withTimer = (pk: string, undo: EmailUndo, disabled: boolean, now: number): TransactionPart => {
  const [from, to] = disabled ? ["expiresAt", "secondsLeft"] : ["secondsLeft", "expiresAt"];
  const left = undoableUntil(undo, now) - now;
  return {
    Update: {
      TableName: variable("USERS_TABLE"),
      Key: { pk },
      UpdateExpression: `SET ${to} = :to REMOVE ${from}`,
      ConditionExpression: `userId = :userId AND ${from} = :from`,
      ExpressionAttributeValues: {
        ":to": disabled ? left : now + left,
        ":from": disabled ? undo.expiresAt : undo.secondsLeft,
        ":userId": undo.userId,
      },
    },
  };
};

/** Fails if an undo item appears or changes meanwhile. The caller then tries again. */
const unchanged = (pk: string, undo: EmailUndo | undefined): TransactionPart => ({
  ConditionCheck: {
    TableName: variable("USERS_TABLE"),
    Key: { pk },
    ...(undo
      ? {
          ConditionExpression: `userId = :userId AND ${undo.expiresAt === undefined ? "attribute_not_exists(expiresAt)" : "expiresAt = :expiresAt"}`,
          ExpressionAttributeValues: { ":userId": undo.userId, ":expiresAt": undo.expiresAt },
        }
      : { ConditionExpression: "attribute_not_exists(pk)" }),
  },
});

export const undoItemsAfter = async (
  before: User,
  after: User,
  now: number,
  addressKeys = [...new Set([before.addressKey, wayBackOf(before, now) ?? before.addressKey])],
): Promise<TransactionPart[]> => {
  if (before.status === after.status) return [];
  const disabled = after.status === "disabled";
  return Promise.all(
    addressKeys.map(emailUndoPk).map(async (pk) => {
      const item = await readItem(variable("USERS_TABLE"), pk);
      const undo = item && emailUndoItem.parse(item);
      const runs = undo?.expiresAt !== undefined && undo.expiresAt > now;
      const isTheirs = undo?.userId === before.id;
      const changes = disabled ? runs : undo?.secondsLeft !== undefined;
      return undo && isTheirs && changes ? withTimer(pk, undo, disabled, now) : unchanged(pk, undo);
    }),
  );
};

export const pauseOf = async (user: User, status: User["status"], now: number) => {
  const after: User = { ...user, status };
  const timer = Object.entries(timerAfter(user, after, now));
  const earlier = wayBackOf(user, now);
  return {
    sets: Object.fromEntries(timer.filter(([, value]) => value !== undefined)),
    removed: timer.flatMap(([name, value]) => (value === undefined ? [name] : [])),
    items: earlier === undefined ? [] : await undoItemsAfter(user, after, now, [earlier]),
  };
};
