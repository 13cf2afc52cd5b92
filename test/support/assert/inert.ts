/** Stands in for dependencies that must not be used: whatever is called on it fails the test, which proves that nothing else ran. */
export const inert = (name: string): never =>
  // As `never` it takes the place of any type.
  new Proxy(
    {},
    {
      get: (_, member) => () => {
        throw new Error(`${name}.${String(member)} must not be called`);
      },
    },
  ) as never;
