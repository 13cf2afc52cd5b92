/** Bundles the functions once for the whole run; every embedded stack loads them from there. */
import { bundleFunctions } from "../../infra/bundle.ts";

export const setup = async (): Promise<void> => {
  await bundleFunctions();
};
