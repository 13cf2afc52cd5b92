/** What must be undone when the stack stops, or when its start fails half-way. */

/** Runs each clean-up even if one before it fails; last opened, first closed. */
export const createCleanUp = () => {
  const steps: (() => unknown)[] = [];
  return {
    add: (step: () => unknown) => void steps.push(step),
    run: async () => {
      const failures: unknown[] = [];
      for (const step of steps.splice(0).toReversed()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, "the local stack did not stop cleanly");
    },
  };
};

export type CleanUp = ReturnType<typeof createCleanUp>;
