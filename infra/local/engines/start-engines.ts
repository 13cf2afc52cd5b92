/** The two engines that take time to start: the store and the queues. */
import type { CleanUp } from "../clean-up.ts";
import { startDataStore, type DataStore, type Engine } from "./dynamodb-engine.ts";
import type { Queues } from "./sqs-engine.ts";

/** Side by side; if one fails, the other is stopped too. */
export const startEngines = async (
  dataDirectory: string,
  engine: Engine | undefined,
  startQueueEngine: () => Promise<Queues>,
  cleanUp: CleanUp,
): Promise<[DataStore, Queues]> => {
  const starting = [
    startDataStore(dataDirectory, engine).then((store) => {
      cleanUp.add(store.stop);
      return store;
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
