/**
 * Runs a command's work; a failure is one sentence for the operator, without a stack trace, and a
 * status that scripts see.
 */
export const runCommand = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
};

export const shownCount = (count: number): string => count.toLocaleString("en-US");
