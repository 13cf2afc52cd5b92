import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { secretIds } from "./environment.ts";
import { inInitPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";

const maxAgeSeconds = 300;
const provider = prepared(() => {
  inInitPhase(() => Promise.all(secretIds().map((id) => readSecret(id))));
  return new SecretsProvider();
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
