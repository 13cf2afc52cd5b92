// Lambda loads a function at full speed and calls it at a part of that. So clients, keys and
// connections are made here. What fails or takes too long is left to the calls.
import { isLambda } from "./environment.ts";

/** After ten seconds, Lambda would begin anew. */
const longestMilliseconds = 3_000;

let isOver = false;
const underWay: Promise<unknown>[] = [];

/** Begins once the file has loaded. Has no effect later, or outside Lambda. */
export const inInitPhase = (work: () => unknown): void => {
  if (isOver || !isLambda()) return;
  underWay.push(
    Promise.resolve()
      .then(work)
      .catch(() => {}),
  );
};

const allWork = async (): Promise<void> => {
  while (underWay.length > 0) await Promise.all(underWay.splice(0));
};

/** The last line of a function's file awaits this, and so Lambda waits for it at full speed. */
export const initPhase = async (): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestMilliseconds);
  });
  await Promise.race([allWork(), tooLong]);
  clearTimeout(timer);
  isOver = true;
};
