/** Comparing secrets: how long it takes must not tell how much of one was guessed. */
import { timingSafeEqual } from "node:crypto";

export const equalInConstantTime = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
