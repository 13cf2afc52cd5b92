/**
 * Limits count in fixed windows: a test that met the border of two would see twice the number allowed. None begins just before
 * one; what fails because it took longer than expected says so, and is tried again (vitest.config.ts).
 */
import { afterEach, beforeEach, inject } from "vitest";
import { eventually } from "../assert/eventually.ts";

declare module "vitest" {
  interface ProvidedContext {
    longestTestSeconds: number;
  }
}

/** The shortest window; the borders of all others are borders of it. */
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
