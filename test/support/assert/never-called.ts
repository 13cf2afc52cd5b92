/** Stands in for a dependency that must not be used: calling any of its methods throws. */
export const neverCalled = (name: string): never =>
  // The type `never` is assignable to every type.
  new Proxy(
    {},
    {
      get: (_, member) => () => {
        throw new Error(`${name}.${String(member)} must not be called`);
      },
    },
  ) as never;
