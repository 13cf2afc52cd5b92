/** Removing these attributes revokes the code. */
export const codeAttributes = ["otpDigest", "otpExpiresAt", "otpRequestId"] as const;
export const removingCode = `REMOVE ${codeAttributes.join(", ")}`;

/** Must be used together with `digestValues`. */
export const digestIsIn = (digests: readonly string[]): string =>
  `otpDigest IN (${digests.map((_, index) => `:digest${index}`).join(", ")})`;

export const digestValues = (digests: readonly string[]): Record<string, string> =>
  Object.fromEntries(digests.map((digest, index) => [`:digest${index}`, digest]));
