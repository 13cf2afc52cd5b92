// Only the letter has the code, so a smoke test stores one of its own in its place.
import { codeDigest, createCode } from "../../shared/codes/codes.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import { variable } from "../../shared/platform/environment.ts";
import { conditionalWrite, readItem } from "../../shared/store/dynamo.ts";

const codeLifetimeSeconds = 60;

/** `sent` means that the mailer has passed the letter to SES. */
export type LetterState = "waiting" | "sent" | "not_sent" | "gone";

export const smokeTestStore = () => {
  const table = variable("USERS_TABLE");
  return {
    letterState: async (pk: string): Promise<LetterState> => {
      const item = await readItem(table, pk);
      if (!item) return "gone";
      if (item["otpRequestId"] !== undefined) return "waiting";
      return item["otpDigest"] === undefined ? "not_sent" : "sent";
    },

    replaceCode: async (pk: string, email: string, purpose: "activation" | "login"): Promise<string> => {
      const code = createCode(purpose);
      const { refused } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk },
          UpdateExpression: "SET otpDigest = :digest, otpExpiresAt = :expiresAt",
          ConditionExpression:
            "email = :email AND attribute_exists(otpDigest) AND attribute_not_exists(otpRequestId)",
          ExpressionAttributeValues: {
            ":digest": await codeDigest(pk, purpose, code),
            ":expiresAt": nowSeconds() + codeLifetimeSeconds,
            ":email": email,
          },
        },
      });
      if (refused) throw new Error("The code was used or replaced meanwhile.");
      return code;
    },
  };
};
