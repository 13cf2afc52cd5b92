/** Killed outright, npm can't pass its end on to us, and nobody would be left to stop what runs: we end with our parent. */
const lookEveryMilliseconds = 500;

export const onParentGone = (react: () => void): void => {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    react();
  }, lookEveryMilliseconds);
  timer.unref();
};
