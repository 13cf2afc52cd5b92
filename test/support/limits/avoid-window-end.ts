// Setup file: rate limits count in fixed windows, so a test that crosses the end of one sees twice
// the allowed number. A test waits if the window ends soon. If it fails after crossing one anyway,
// its error says so, and vitest.config.ts retries it.
import { afterEach, beforeEach, inject } from "vitest";
import { eventually } from "../assert/eventually.ts";

declare module "vitest" {
  interface ProvidedContext {
    longestTestSeconds: number;
  }
}

/** The shortest window. Where a longer one ends, this one ends too. */
const windowSeconds = 300;
const windowsNow = () => Date.now() / 1000 / windowSeconds;

let begunIn = 0;

beforeEach(async () => {
  const longestTestSeconds = inject("longestTestSeconds");
  await eventually(
    "the next window",
    () => (1 - (windowsNow() % 1)) * windowSeconds > longestTestSeconds || undefined,
    { deadlineSeconds: 2 * longestTestSeconds },
  );
  begunIn = Math.floor(windowsNow());
});

afterEach(({ task }) => {
  if (task.result?.state === "fail" && Math.floor(windowsNow()) !== begunIn)
    throw new Error("a window ended meanwhile");
});
