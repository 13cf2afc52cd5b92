import { inInitPhase } from "./init-phase.ts";

/** If `build` throws, the next call tries again. */
export const lazy = <T>(build: () => T): (() => T) => {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
};

type Connecting = { openConnection: () => Promise<unknown> };
const isConnecting = (built: unknown): built is Connecting =>
  typeof built === "object" &&
  built !== null &&
  "openConnection" in built &&
  typeof built.openConnection === "function";

/** Built in Lambda's init phase, where a client also opens its connection; else as `lazy`. */
export const prepared = <T>(build: () => T): (() => T) => {
  const get = lazy(build);
  inInitPhase(() => {
    const built = get();
    return isConnecting(built) && built.openConnection();
  });
  return get;
};
