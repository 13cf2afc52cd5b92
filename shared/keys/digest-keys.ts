// The mailer uses `current`, and checks of codes accept all three. Functions cache the ring for
// minutes, so this overlap prevents a rotation from invalidating codes that were just sent.
import { randomBytes } from "node:crypto";
import * as z from "zod";

const digestKeys = z.looseObject({ next: z.string(), current: z.string(), previous: z.string() });
export type DigestKeys = z.output<typeof digestKeys>;

export const parseDigestKeys = (stored: string): DigestKeys => digestKeys.parse(JSON.parse(stored));

const createSecret = () => randomBytes(32).toString("base64url");

export const createDigestKeys = (): DigestKeys => ({
  next: createSecret(),
  current: createSecret(),
  previous: createSecret(),
});

export const rotateDigestKeys = ({ next, current, ...others }: DigestKeys): DigestKeys => ({
  ...others,
  next: createSecret(),
  current: next,
  previous: current,
});
