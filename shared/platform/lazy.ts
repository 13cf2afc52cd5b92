/** Builds a value at the first call and keeps it. After a failure the next call builds again. */
export const lazy = <T>(build: () => T): (() => T) => {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
};
