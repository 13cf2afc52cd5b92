// Lambda loads a function with a whole processor, and runs its calls with a share of one. So the
// function prepares here what its first call would otherwise have to: clients, secrets, keys,
// connections. What fails or takes too long is left to the calls.
import { isLambda } from "./environment.ts";

/** Lambda ends an initialisation after ten seconds and begins it anew at the first call. */
const longestMilliseconds = 3_000;

let isOver = false;
const underWay: Promise<unknown>[] = [];

/** Without effect after the phase, and outside Lambda. The work begins when the file has loaded. */
export const inInitPhase = (work: () => unknown): void => {
  if (isOver || !isLambda()) return;
  // The caller that needs the work repeats it and gets its error.
  underWay.push(
    Promise.resolve()
      .then(work)
      .catch(() => {}),
  );
};

const allWork = async (): Promise<void> => {
  // Work may add more work.
  while (underWay.length > 0) await Promise.all(underWay.splice(0));
};

/** A function's file awaits this at its end, because Lambda waits for it at full speed. */
export const initPhase = async (): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestMilliseconds);
  });
  await Promise.race([allWork(), tooLong]);
  clearTimeout(timer);
  isOver = true;
};
