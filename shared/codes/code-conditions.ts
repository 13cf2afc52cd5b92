/** Removing these attributes revokes the code. */
export const codeAttributes = ["otpDigest", "otpExpiresAt", "otpRequestId"] as const;
export const removingCode = `REMOVE ${codeAttributes.join(", ")}`;

/** An invitation's code stands beside that of a registration, so that neither ends the other. */
export type CodeSlot = "otp" | "invite";

/** Must be used together with `digestValues`. */
export const digestIsIn = (digests: readonly string[], slot: CodeSlot = "otp"): string =>
  `${slot}Digest IN (${digests.map((_, index) => `:digest${index}`).join(", ")})`;

export const digestValues = (digests: readonly string[]): Record<string, string> =>
  Object.fromEntries(digests.map((digest, index) => [`:digest${index}`, digest]));
