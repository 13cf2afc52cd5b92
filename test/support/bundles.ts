/** Bundles the functions once for the whole run, before any project of tests synthesises or starts a stack. */
import { bundleFunctions } from "../../infra/bundle.ts";

// Every project loads this file anew, in one and the same process.
const shared: typeof globalThis & { litAuthBundles?: Promise<unknown> } = globalThis;

export const setup = async (): Promise<void> => {
  await (shared.litAuthBundles ??= bundleFunctions());
};
