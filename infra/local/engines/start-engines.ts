import type { Templates } from "../cloudformation/templates.ts";
import { startDynamoDbEngine, type DynamoDbEngine, type EngineName } from "./dynamodb-engine.ts";
import { startSqsEngine, type SqsEngine } from "./sqs-engine.ts";

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
  // If one fails, wait for the other: a resource that is added after disposal is never stopped.
  await Promise.allSettled(starting);
  return Promise.all(starting);
};
