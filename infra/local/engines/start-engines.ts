/** The two engines that take time to start: DynamoDB and SQS. */
import type { Templates } from "../cloudformation/templates.ts";
import { startDynamoDbEngine, type DynamoDbEngine, type EngineName } from "./dynamodb-engine.ts";
import { startSqsEngine, type SqsEngine } from "./sqs-engine.ts";

/**
 * Starts them side by side, and has each stopped with the other resources, even if the other one
 * fails to start.
 */
export const startEngines = async (
  templates: Templates,
  dataDirectory: string,
  engine: EngineName | undefined,
  resources: AsyncDisposableStack,
): Promise<[DynamoDbEngine, SqsEngine]> => {
  const keep = async <Engine extends { stop: () => Promise<void> }>(starting: Promise<Engine>) => {
    const started = await starting;
    resources.defer(started.stop);
    return started;
  };
  const starting = [
    keep(startDynamoDbEngine(dataDirectory, engine)),
    keep(startSqsEngine(templates, dataDirectory)),
  ] as const;
  // One that fails waits for the other: a resource that came after the disposal would never be
  // stopped.
  await Promise.allSettled(starting);
  return Promise.all(starting);
};
