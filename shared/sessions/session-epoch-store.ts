/**
 * Ending all sessions of a user in one write: the user carries the epoch of the sessions that count, and every other epoch
 * is over, together with sessions that are being opened at this very moment.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { environment } from "../platform/environment.ts";
import { conditionalWrite, transact } from "../store/dynamo.ts";
import { userPk, type User } from "../store/user-items.ts";
import type { Session } from "./session-store.ts";

export const sessionEpochStore = () => {
  const { USERS_TABLE, SESSIONS_TABLE } = environment("USERS_TABLE", "SESSIONS_TABLE");

  return {
    /** Ends all sessions but this one, which moves on to the new epoch. `refused`: it has itself been ended. */
    endOthers: async (user: User, { userId, sessionId }: Session): Promise<"ended" | "refused"> => {
      const values = { ":epoch": user.sessionEpoch, ":next": user.sessionEpoch + 1 };
      const raise = {
        UpdateExpression: "SET sessionEpoch = :next",
        ConditionExpression: "sessionEpoch = :epoch",
        ExpressionAttributeValues: values,
      };
      const { refused } = await transact([
        { Update: { TableName: USERS_TABLE, Key: { pk: userPk(user.id) }, ...raise } },
        { Update: { TableName: SESSIONS_TABLE, Key: { userId, sessionId }, ...raise } },
      ]);
      return refused ? "refused" : "ended";
    },

    /** Ends all sessions. `refused`: the account is gone. */
    endAll: async (userId: string): Promise<"ended" | "refused"> => {
      const { refused } = await conditionalWrite(
        new UpdateCommand({
          TableName: USERS_TABLE,
          Key: { pk: userPk(userId) },
          UpdateExpression: "SET sessionEpoch = sessionEpoch + :one",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":one": 1 },
        }),
      );
      return refused ? "refused" : "ended";
    },
  };
};

export type SessionEpochStore = ReturnType<typeof sessionEpochStore>;
