/**
 * The ring of secrets that digests of codes are made with. The mailer makes them with `current`; whoever checks a code takes
 * all three. A secret is known everywhere before it is used and after, so a rotation in the middle of a code's life, met by
 * functions that read the ring minutes apart, refuses no valid code.
 */
import { randomBytes } from "node:crypto";
import * as z from "zod";

const digestKeys = z.object({ next: z.string(), current: z.string(), previous: z.string() });
export type DigestKeys = z.output<typeof digestKeys>;

export const parseDigestKeys = (stored: string): DigestKeys => digestKeys.parse(JSON.parse(stored));

const createSecret = () => randomBytes(32).toString("base64url");

export const createDigestKeys = (): DigestKeys => ({
  next: createSecret(),
  current: createSecret(),
  previous: createSecret(),
});

export const rotateDigestKeys = ({ next, current }: DigestKeys): DigestKeys => ({
  next: createSecret(),
  current: next,
  previous: current,
});
