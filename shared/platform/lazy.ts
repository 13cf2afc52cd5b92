/** Builds a value on the first call and keeps it; after a failure the next call tries again. */
export const once = <T>(build: () => T): (() => T) => {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
};
