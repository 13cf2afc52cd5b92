import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { leanJson1_1Options } from "./aws-client.ts";
import { nowSeconds } from "./clock.ts";
import { secretIds, watchedKeys } from "./environment.ts";
import { inInitPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";
import { logError } from "./logger.ts";

const maxAgeSeconds = 300;
const daySeconds = 86_400;
const graceDays = 7;

// No metric of AWS says that a rotation did not run, and an alarm looks back at most seven days.
const noteAge = (id: string | undefined, created: unknown): void => {
  const watched = watchedKeys();
  // The lean client leaves dates as numbers.
  const createdAt = created instanceof Date ? created.getTime() / 1000 : created;
  if (!watched?.ids.includes(id) || typeof createdAt !== "number") return;
  if (nowSeconds() - createdAt > (watched.rotationDays + graceDays) * daySeconds)
    logError("the keys were not rotated in time", { outcome: "keys_overdue" });
};

const createClient = (): SecretsManagerClient => {
  // Powertools adds to the user agent, so this client keeps the SDK's middleware.
  const client = new SecretsManagerClient(leanJson1_1Options);
  client.middlewareStack.add((next) => async (call) => {
    const answer = await next(call);
    if ("SecretId" in call.input && "CreatedDate" in answer.output)
      noteAge(call.input.SecretId, answer.output.CreatedDate);
    return answer;
  });
  return client;
};

const provider = prepared(() => {
  inInitPhase(() => Promise.all(secretIds().map((id) => readSecret(id))));
  return new SecretsProvider({ awsSdkV3Client: createClient() });
});
const reads = new Map<string, Promise<string>>();

const read = async (id: string, fresh: boolean): Promise<string> => {
  const value = await provider().get(id, { maxAge: maxAgeSeconds, forceFetch: fresh });
  if (typeof value !== "string" || value === "") throw new Error(`secret ${id} is empty`);
  return value;
};

/** `fresh` bypasses the cache, for callers that find it out of date. Others share a read. */
export const readSecret = async (id: string, { fresh = false } = {}): Promise<string> => {
  if (fresh) return read(id, fresh);
  const running = reads.get(id) ?? read(id, fresh).finally(() => reads.delete(id));
  reads.set(id, running);
  return running;
};
