// Raising the user's session epoch ends all sessions with another epoch in one write, including
// those that a concurrent sign-in is just creating. Devices are forgotten too, because each session
// came with a device token.
import { person, type Actor } from "../events/actor.ts";
import { nextChange } from "../events/user-change.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { forgettingDevices } from "../store/address-pointers.ts";
import { environment } from "../platform/environment.ts";
import { transact } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";
import type { Session } from "./session-store.ts";

export const sessionEpochStore = (clock: Clock = nowSeconds) => {
  const { USERS_TABLE, SESSIONS_TABLE } = environment("USERS_TABLE", "SESSIONS_TABLE");

  const endAll = async (
    { id, addressKey }: Pick<User, "id" | "addressKey">,
    actor: Actor,
  ): Promise<"ended" | "refused"> => {
    const changing = nextChange({ actor, at: clock() });
    const { refused } = await transact([
      {
        Update: {
          TableName: USERS_TABLE,
          Key: { pk: userPk(id) },
          UpdateExpression: `SET sessionEpoch = sessionEpoch + :one, ${changing.assignments}`,
          ConditionExpression: "addressKey = :addressKey",
          ExpressionAttributeValues: { ":one": 1, ":addressKey": addressKey, ...changing.values },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      forgettingDevices({ id, addressKey }),
    ]);
    if (!refused) return "ended";
    const [account] = refused;
    return account?.failed && account.item ? endAll(userItem.parse(account.item), actor) : "refused";
  };

  return {
    endAll,

    /** The given session moves to the new epoch. `refused` means that it was ended meanwhile. */
    endOthers: async (
      user: User,
      { userId, sessionId }: Session,
      idempotencyToken: string,
    ): Promise<"ended" | "refused"> => {
      const values = { ":epoch": user.sessionEpoch, ":next": user.sessionEpoch + 1 };
      const changing = nextChange({ actor: person, at: clock() });
      const raising = "SET sessionEpoch = :next";
      const ConditionExpression = "sessionEpoch = :epoch";
      const { refused } = await transact(
        [
          {
            Update: {
              TableName: USERS_TABLE,
              Key: { pk: userPk(user.id) },
              UpdateExpression: `${raising}, ${changing.assignments}`,
              ConditionExpression,
              ExpressionAttributeValues: { ...values, ...changing.values },
            },
          },
          {
            Update: {
              TableName: SESSIONS_TABLE,
              Key: { userId, sessionId },
              UpdateExpression: raising,
              ConditionExpression,
              ExpressionAttributeValues: values,
            },
          },
          forgettingDevices(user, idempotencyToken),
        ],
        { token: idempotencyToken },
      );
      return refused ? "refused" : "ended";
    },
  };
};

export type SessionEpochStore = ReturnType<typeof sessionEpochStore>;
