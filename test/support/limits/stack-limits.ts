// Sets and reads the rate limits of a running stack, with the code that its functions use.
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { generousLimits } from "../../../infra/generous-limits.ts";
import { documents } from "../store/documents.ts";
import { outputOf } from "../stacks/stack-outputs.ts";
import { countedBy, counterName, type Limit } from "../../../shared/limits/counters.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";

/** The counters of the current window and of the next one, which may begin during the test. */
const counterNames = (limit: Limit, windows = [0, 1]): string[] =>
  countedBy(limit).flatMap((rule) => [
    ...new Set(
      windows.map((later) =>
        counterName(rule, Math.floor(Date.now() / 1000) + later * (rule.windowSeconds ?? 0)),
      ),
    ),
  ]);

export const limitsOf = (stack: Stack) => {
  const { endpoint } = stack;
  const TableName = outputOf(stack, "LimitsTable");
  Object.assign(process.env, generousLimits, {
    OTP_LIFETIME_SECONDS: "600",
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: endpoint.region,
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    LIMITS_TABLE: TableName,
    PSEUDONYM_SECRET_ID: outputOf(stack, "KeyArn"),
  });
  const itemOf = ({ key }: Limit) => ({ TableName, Key: { pk: `limit#${key}` } });
  const most = Math.max(...Object.values(generousLimits).map(Number));
  const use = async (limit: Limit, attempts: number, secondsAgo = 0): Promise<void> => {
    const names = counterNames(limit);
    const now = Math.floor(Date.now() / 1000);
    await documents().send(
      new UpdateCommand({
        ...itemOf(limit),
        UpdateExpression: `SET expiresAt = :later, allowedAt = :now, ${names.map((_, i) => `#c${i} = :attempts`).join(", ")}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
        ExpressionAttributeValues: {
          ":now": now - secondsAgo,
          ":later": now + 2 * 86_400,
          ":attempts": attempts,
        },
      }),
    );
  };

  return {
    use,
    /** Sets every counter to its maximum, as if the last attempt were allowed then. */
    exhaust: (limit: Limit, { secondsAgo = 0 } = {}): Promise<void> => use(limit, most, secondsAgo),
    clear: ({ key }: Limit): Promise<void> => limitStore().clear(key),
    /** Returns the counts of the current windows. */
    counted: async (limit: Limit): Promise<number[]> => {
      const { Item } = await documents().send(new GetCommand({ ...itemOf(limit), ConsistentRead: true }));
      return counterNames(limit, [0]).map((name) => Number(Item?.[name] ?? 0));
    },
  };
};
