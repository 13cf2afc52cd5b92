// Moves an account from a lost or stolen mailbox. The account is frozen (`disabled`) until the new
// address is proven or the move is cancelled.
import { codeAttributes, digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { actorNamed, person, type Actor } from "../events/actor.ts";
import { changingUser } from "../events/user-change.ts";
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import {
  changeSeconds,
  emailChangePk,
  emailClaimPk,
  emailUndoPk,
  resetPk,
  wayBackOf,
  type EmailChange,
} from "../store/address-items.ts";
import { forgettingDevices, leavingAddress, takingAddress } from "../store/address-pointers.ts";
import { transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother, releaseAddress, retireAddress } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { updatePart } from "../store/update-part.ts";
import type { AddressMove, User } from "../store/user-items.ts";
import { pauseOf } from "../store/undo-pause.ts";

/** The owner of the old mailbox has this time to object. */
export const moveDelaySeconds = 72 * hour;

type Move = Pick<AddressMove, "id" | "email" | "addressKey" | "startedBy">;
type Confirmation = {
  otpRequestId: string;
  /** The id of an administrator, or `operator`. Only the mailer, once the move is due, has none. */
  confirmer?: string;
};
type Outcome<Done extends string> = Done | "changed_meanwhile" | "along_refused";

/** A second administrator or an operator needn't wait. Once confirmed, all can ask for a code. */
export const mayConfirm = (
  { startedBy, dueAt, confirmation }: AddressMove,
  confirmer: Confirmation["confirmer"],
  now: number,
): boolean =>
  dueAt <= now || confirmation !== undefined || (confirmer !== undefined && confirmer !== startedBy);

export const addressMoveStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const drop = (pk: string, condition: object = {}): TransactionPart => ({
    Delete: { TableName: table, Key: { pk }, ...condition },
  });
  const commit = async <Done extends string>(
    done: Done,
    parts: TransactionPart[],
    along: TransactionPart[],
  ): Promise<Outcome<Done>> => {
    const { refused } = await transact([...parts, ...along]);
    if (!refused) return done;
    return refused.slice(parts.length).some(({ failed }) => failed) ? "along_refused" : "changed_meanwhile";
  };

  // Ends all sessions and revokes all codes. Replaces a move that waits. An earlier change can't be
  // undone while the account is frozen, but can after a cancellation.
  const start = async (
    user: User,
    move: Move,
    { staffToo }: { staffToo: boolean },
    along: TransactionPart[] = [],
  ): Promise<Outcome<"started">> => {
    const now = clock();
    const { listKey } = listAttributes(user, "disabled");
    const addressMove: AddressMove = { ...move, dueAt: now + moveDelaySeconds };
    const ofRank = staffToo ? {} : { ":no": false };
    const pause = await pauseOf(user, "disabled", now);
    const movable = "addressKey = :old AND (#status = :active OR attribute_exists(addressMove))";
    const parts = [
      changingUser(
        user.id,
        { actor: actorNamed(move.startedBy ?? "operator"), at: now },
        { addressMove, status: "disabled", listKey, ...pause.sets },
        {
          assignment: "sessionEpoch = sessionEpoch + :one",
          removes: [...codeAttributes, ...pause.removed],
          condition: staffToo ? movable : `${movable} AND isStaff = :no`,
          values: { ":old": user.addressKey, ":active": "active", ":one": 1, ...ofRank },
        },
      ),
      drop(emailChangePk(user.id)),
      drop(resetPk(user.addressKey)),
      drop(emailUndoPk(user.addressKey)),
      forgettingDevices(user),
      ...pause.items,
    ];
    return commit("started", parts, along);
  };

  const confirm = async (
    user: User,
    move: AddressMove,
    { otpRequestId, confirmer }: Confirmation,
    along: TransactionPart[] = [],
  ): Promise<Outcome<"confirmed"> | "too_early"> => {
    const now = clock();
    if (!mayConfirm(move, confirmer, now)) return "too_early";
    const { id: userId, sessionEpoch, locale } = user;
    const { email, addressKey, id: moveId } = move;
    const expiresAt = now + changeSeconds;
    const change: EmailChange = {
      userId,
      email,
      addressKey,
      locale,
      oldAddressKey: user.addressKey,
      sessionEpoch,
      moveId,
      otpRequestId,
      expiresAt,
      withUndo: false,
      byStaff: true,
    };
    const parts = [
      changingUser(
        userId,
        { actor: actorNamed(confirmer), at: now },
        { addressMove: { ...move, confirmation: otpRequestId } },
        { condition: "addressMove.id = :id", values: { ":id": moveId } },
      ),
      updatePart(table, emailChangePk(userId), change, { removes: ["otpDigest", "otpExpiresAt"] }),
      updatePart(table, emailClaimPk(addressKey), { userId, expiresAt }),
    ];
    return commit("confirmed", parts, along);
  };

  const cancel = async (
    user: User,
    { id }: AddressMove,
    actor: Actor,
    along: TransactionPart[] = [],
  ): Promise<Outcome<"cancelled">> => {
    const now = clock();
    const { listKey } = listAttributes(user, "active");
    const pause = await pauseOf(user, "active", now);
    const unfrozen = changingUser(
      user.id,
      { actor, at: now },
      { status: "active", listKey, ...pause.sets },
      {
        removes: ["addressMove", ...pause.removed],
        condition: "addressMove.id = :id",
        values: { ":id": id },
      },
    );
    return commit("cancelled", [unfrozen, drop(emailChangePk(user.id)), ...pause.items], along);
  };

  const claim = async (
    user: User,
    { addressKey, oldAddressKey, email, moveId }: EmailChange,
    otpDigests: readonly string[],
    invocationId: string,
  ): Promise<User | "refused"> => {
    const now = clock();
    const { addressMove: _, undoAddressKey: __, undoUntil: ___, undoSecondsLeft: ____, ...kept } = user;
    const changed: User = { ...kept, email, addressKey, status: "active" };
    const { listKey, listAddress } = listAttributes(changed, "active");
    const earlier = wayBackOf(user, now);
    const { refused } = await transact(
      [
        drop(emailChangePk(user.id), {
          ConditionExpression: `moveId = :moveId AND addressKey = :addressKey AND ${digestIsIn(otpDigests)} AND otpExpiresAt > :now AND expiresAt > :now`,
          ExpressionAttributeValues: {
            ":moveId": moveId,
            ":addressKey": addressKey,
            ":now": now,
            ...digestValues(otpDigests),
          },
        }),
        changingUser(
          user.id,
          { actor: person, at: now },
          { email, addressKey, listAddress, listKey, status: "active" },
          {
            removes: [...codeAttributes, "addressMove", "undoAddressKey", "undoUntil", "undoSecondsLeft"],
            condition: "addressMove.id = :moveId AND addressKey = :old",
            values: { ":moveId": moveId, ":old": oldAddressKey },
          },
        ),
        takingAddress(addressKey, user.id, invocationId),
        leavingAddress(oldAddressKey, now),
        drop(resetPk(oldAddressKey)),
        retireAddress(oldAddressKey, now),
        ...(earlier === addressKey ? [] : [notHeldForAnother(addressKey, user.id, now)]),
        ...(earlier === undefined ? [] : [releaseAddress(earlier, user.id, now)]),
      ],
      { token: invocationId },
    );
    return refused ? "refused" : changed;
  };

  return { start, confirm, cancel, claim };
};

export type AddressMoveStore = ReturnType<typeof addressMoveStore>;
