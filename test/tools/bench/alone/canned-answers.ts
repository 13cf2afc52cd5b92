// Answers that were recorded for the AWS calls of one invocation, and the choice among them. Some
// values differ in each invocation (the id of a new session), so that a call gets the answer of the
// most similar one.
import { createHash } from "node:crypto";
import * as z from "zod";

export type RecordedCall = { service: string; target: string; body: string };
export type Answer = { status: number; contentType: string; body: string };
export type Recorded = { call: RecordedCall; answer: Answer };

const key = z.record(z.string(), z.unknown());
const parameters = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  SecretId: z.string().optional(),
  VersionStage: z.string().optional(),
  Key: key.optional(),
  Item: z.looseObject({ pk: z.unknown().optional() }).optional(),
  RequestItems: key.optional(),
  ExpressionAttributeValues: key.optional(),
});

const withoutIds = (text: string): string => text.replaceAll(/#[^"]*/g, "#");

/** From the most exact description of a call to the roughest. */
const descriptionsOf = ({ service, target, body }: RecordedCall): string[] => {
  const operation = `${service} ${target.slice(target.lastIndexOf(".") + 1)}`;
  if (service === "ses") return [operation];
  const { TableName, IndexName, SecretId, VersionStage, Key, Item, RequestItems, ExpressionAttributeValues } =
    parameters.parse(JSON.parse(body));
  const place = JSON.stringify([operation, TableName, IndexName, SecretId, VersionStage]);
  const what = JSON.stringify([Key, Item?.pk, RequestItems, IndexName && ExpressionAttributeValues]);
  return [`${place} ${what}`, `${place} ${withoutIds(what)}`, place, operation];
};

const sentMessage = z.object({ MessageBody: z.string() });
/** SQS clients compare this digest with that of the message they sent. */
const digestOf = (body: string): string =>
  createHash("md5")
    .update(sentMessage.parse(JSON.parse(body)).MessageBody)
    .digest("hex");

export const createCannedAnswers = (recorded: readonly Recorded[]) => {
  const answers = new Map<string, Answer>();
  for (const { call, answer } of recorded)
    for (const description of descriptionsOf(call))
      if (!answers.has(description)) answers.set(description, answer);

  return (call: RecordedCall): Answer | undefined => {
    const answer = descriptionsOf(call)
      .map((description) => answers.get(description))
      .find((one) => one !== undefined);
    if (answer === undefined || !call.target.endsWith("SendMessage") || answer.status !== 200) return answer;
    const body = { ...JSON.parse(answer.body), MD5OfMessageBody: digestOf(call.body) };
    return { ...answer, body: JSON.stringify(body) };
  };
};
