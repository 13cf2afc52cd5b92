// Raising the user's session epoch ends all sessions with another epoch in one write, including
// those that a concurrent sign-in is just creating.
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { environment } from "../platform/environment.ts";
import { conditionalWrite, transact } from "../store/dynamo.ts";
import { userPk, type User } from "../store/user-items.ts";
import type { Session } from "./session-store.ts";

export const sessionEpochStore = () => {
  const { USERS_TABLE, SESSIONS_TABLE } = environment("USERS_TABLE", "SESSIONS_TABLE");

  return {
    /** The given session moves to the new epoch. `refused` means that it was ended meanwhile. */
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

    /** `refused` means that the account no longer exists. */
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
