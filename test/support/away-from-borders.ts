/** Limits count in fixed windows: a test that met the border of two would see twice the number allowed. None begins just before one. */
import { beforeEach } from "vitest";
import { eventually } from "./eventually.ts";

/** The shortest window; the borders of all others are borders of it. */
const windowSeconds = 300;
/** Deployed stages and LocalStack take their time. */
const longestTestSeconds = process.env["BASE_URL"] === undefined ? 8 : 25;

beforeEach(async () => {
  await eventually(
    "the next window",
    () => windowSeconds - ((Date.now() / 1000) % windowSeconds) > longestTestSeconds || undefined,
    { deadlineSeconds: 2 * longestTestSeconds },
  );
});
