/** Limits count in fixed windows: a test that met the border of two would see twice the number allowed. None begins just before one. */
import { beforeEach, inject } from "vitest";
import { eventually } from "./eventually.ts";

declare module "vitest" {
  interface ProvidedContext {
    longestTestSeconds: number;
  }
}

/** The shortest window; the borders of all others are borders of it. */
const windowSeconds = 300;

beforeEach(async () => {
  const longestTestSeconds = inject("longestTestSeconds");
  await eventually(
    "the next window",
    () => windowSeconds - ((Date.now() / 1000) % windowSeconds) > longestTestSeconds || undefined,
    { deadlineSeconds: 2 * longestTestSeconds },
  );
});
