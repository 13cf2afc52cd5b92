import { inInitPhase } from "./init-phase.ts";

/** If `build` throws, the next call tries again. */
export const lazy = <T>(build: () => T): (() => T) => {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
};

/** Built in Lambda's init phase, where the builder may add work of its own; else as `lazy`. */
export const prepared = <T>(build: () => T): (() => T) => {
  const get = lazy(build);
  inInitPhase(get);
  return get;
};
