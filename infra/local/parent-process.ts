// Stops the runner when its parent has exited: a killed npm (SIGKILL) forwards no signal.

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
