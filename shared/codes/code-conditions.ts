/**
 * The attributes of an item that make up its living code, and the expressions that check or remove
 * them.
 */

/** Removing these attributes kills the code. */
export const codeAttributes = ["otpDigest", "otpExpiresAt", "otpRequestId"] as const;
export const removingCode = `REMOVE ${codeAttributes.join(", ")}`;

/** The condition that a code's digest is one of these; the values go with it. */
export const digestIsIn = (digests: readonly string[]): string =>
  `otpDigest IN (${digests.map((_, index) => `:digest${index}`).join(", ")})`;

export const digestValues = (digests: readonly string[]): Record<string, string> =>
  Object.fromEntries(digests.map((digest, index) => [`:digest${index}`, digest]));
