/** Reports a failure as one sentence without a stack trace, and as the exit status. */
export const runCommand = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
};

export const shownCount = (count: number): string => count.toLocaleString("en-US");
