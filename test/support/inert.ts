/** A dependency that must not be used: whatever is called on it fails the test, which proves that nothing else ran. */
export const inert = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_, member) => () => {
      throw new Error(`${name}.${String(member)} must not be called`);
    },
  });
