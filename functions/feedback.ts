import { feedbackMessage } from "../shared/delivery/feedback-message.ts";
import { queueConsumer } from "../shared/platform/queue-consumer.ts";

export const handler = await queueConsumer(
  feedbackMessage,
  async () => "ignored",
  () => ({}),
);
