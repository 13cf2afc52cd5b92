// What an account of a backup becomes. The backup revives what ended since: deleted and deactivated
// accounts, old passwords, ranks and addresses. The history says what that was, and each doubt is
// decided against access.
import type { UserEvent } from "../events/user-event.ts";
import type { User } from "../store/user-items.ts";

/** What the history tells about one person since the time of the backup. */
export type Since = {
  deleted: boolean;
  disabled: boolean;
  passwordChanged: boolean;
  rankChanged: boolean;
  addressChanged: boolean;
  version: number;
};

export const nothingSince: Since = {
  deleted: false,
  disabled: false,
  passwordChanged: false,
  rankChanged: false,
  addressChanged: false,
  version: 0,
};

/** `events` are those of one person, in order. */
export const sinceOf = (events: readonly UserEvent[]): Since =>
  events.reduce((since, { type, version }) => {
    const next = { ...since, version: Math.max(since.version, version) };
    if (type === "user.deleted") return { ...next, deleted: true };
    if (type === "user.created") return { ...next, deleted: false };
    if (type === "user.disabled") return { ...next, disabled: true };
    if (type === "user.enabled") return { ...next, disabled: false };
    if (type === "password.changed") return { ...next, passwordChanged: true };
    if (type === "user.rank_changed") return { ...next, rankChanged: true };
    if (type === "user.email_changed") return { ...next, addressChanged: true };
    return next;
  }, nothingSince);

/** Matches no password (see `hash-forms`), so the owner sets one by a reset. */
const noPassword = "!";

export type Note = "must_reset" | "disabled_since" | "rank_taken" | "address_changed";
export type Restored = { user: User; notes: Note[] };

const passwordOf = (backup: User, live: User | undefined, { passwordChanged }: Since) => {
  if (passwordChanged) return noPassword;
  // Another hash of the same password, which a sign-in has upgraded.
  return live?.passwordHash ?? backup.passwordHash;
};

/** `live` is the account as the stage has it now. `undefined` is an answer for a deleted one. */
export const restoredAccount = (
  backup: User,
  live: User | undefined,
  since: Since,
  { evenIfDeleted = false } = {},
): Restored | undefined => {
  if (since.deleted && !live && !evenIfDeleted) return undefined;
  const isElsewhere = !live && since.addressChanged;
  const isDisabled =
    isElsewhere ||
    (live ? live.status === "disabled" : since.disabled || (backup.status === "disabled" && !since.deleted));
  const passwordHash = passwordOf(backup, live, since);
  // Receivers of events ignore versions that are not newer than what they know.
  const version = Math.max(backup.version ?? 0, live?.version ?? 0, since.version) + 1;
  const isStaff = backup.isStaff && (live?.isStaff ?? true) && !since.rankChanged;
  const { addressMove: _, undoAddressKey: __, undoUntil: ___, undoSecondsLeft: ____, ...kept } = backup;
  const notes: [Note, boolean][] = [
    ["must_reset", passwordHash === noPassword && backup.passwordHash !== noPassword],
    ["disabled_since", isDisabled && backup.status === "active" && !isElsewhere],
    ["rank_taken", backup.isStaff && !isStaff],
    ["address_changed", isElsewhere],
  ];
  return {
    user: {
      ...kept,
      // The live account's pointers, ways back and moves belong to its address.
      ...(live && {
        email: live.email,
        addressKey: live.addressKey,
        ...(live.addressMove && { addressMove: live.addressMove }),
        ...(live.undoAddressKey !== undefined && { undoAddressKey: live.undoAddressKey }),
        ...(live.undoUntil !== undefined && { undoUntil: live.undoUntil }),
        ...(live.undoSecondsLeft !== undefined && { undoSecondsLeft: live.undoSecondsLeft }),
      }),
      passwordHash,
      isStaff,
      status: isDisabled ? "disabled" : "active",
      // An account that is gone had at most as many epochs since as it had versions.
      sessionEpoch: live
        ? Math.max(backup.sessionEpoch, live.sessionEpoch) + 1
        : backup.sessionEpoch + version - (backup.version ?? 0),
      version,
    },
    notes: notes.flatMap(([note, holds]) => (holds ? [note] : [])),
  };
};
