// Called by the stream of accounts, and by operators for a replay or a redrive. It never logs a
// record, because its images hold addresses and hashes.
import { historyStore } from "../shared/events/history-store.ts";
import { variable } from "../shared/platform/environment.ts";
import { initPhase } from "../shared/platform/init-phase.ts";
import { prepared } from "../shared/platform/lazy.ts";
import { logError } from "../shared/platform/logger.ts";
import { countMetric } from "../shared/platform/metrics.ts";
import { putPositionAside } from "../shared/publishing/dead-position.ts";
import { putOnBus } from "../shared/publishing/put-events.ts";
import { answerOperator, readRequest } from "../shared/publishing/operator-requests.ts";
import { publishRecords } from "../shared/publishing/publish-records.ts";
import { readRecords } from "../shared/publishing/stream-reader.ts";
import { readItem } from "../shared/store/dynamo.ts";
import { keyOf } from "../shared/store/item-kinds.ts";
import { enqueueWebhook, hasWebhooks } from "../shared/webhooks/webhook-queue.ts";

const deps = prepared(() => ({
  history: historyStore(),
  readGoodbye: (userId: string) => readItem(variable("USERS_TABLE"), keyOf("goodbye", userId)),
  putOnBus,
  enqueueWebhook: hasWebhooks() ? enqueueWebhook : undefined,
  putPositionAside,
  readRecords,
  countMetric,
  logError,
}));
await initPhase();

export const handler = async (event: unknown): Promise<unknown> => {
  const request = readRequest(event);
  return "Records" in request ? publishRecords(request.Records, deps()) : answerOperator(request, deps());
};
