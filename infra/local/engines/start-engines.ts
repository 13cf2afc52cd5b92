/** The two engines that take time to start: DynamoDB and SQS. */
import type { CleanUp } from "../clean-up.ts";
import { startDynamoDbEngine, type DynamoDbEngine, type EngineName } from "./dynamodb-engine.ts";
import type { SqsEngine } from "./sqs-engine.ts";

/** Side by side; if one fails, the other is stopped too. */
export const startEngines = async (
  dataDirectory: string,
  engine: EngineName | undefined,
  startQueueEngine: () => Promise<SqsEngine>,
  cleanUp: CleanUp,
): Promise<[DynamoDbEngine, SqsEngine]> => {
  const starting = [
    startDynamoDbEngine(dataDirectory, engine).then((dynamoDb) => {
      cleanUp.add(dynamoDb.stop);
      return dynamoDb;
    }),
    startQueueEngine().then((queues) => {
      cleanUp.add(queues.stop);
      return queues;
    }),
  ] as const;
  const results = await Promise.allSettled(starting);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return Promise.all(starting);
};
