// Collects the secrets that tests send and receive. At the end of the run `target.ts` searches the
// logs for them.
import { appendFileSync } from "node:fs";
import { inject } from "vitest";

const secretFields = new Set([
  "email",
  "new_email",
  "password",
  "current_password",
  "new_password",
  "otp_code",
  "refresh",
  "access",
  "token",
  "challenge_token",
]);

const collect = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "string" && secretFields.has(name) ? [inner] : collect(inner),
  );
};

export const rememberSecrets = (body: unknown): void => {
  const file = inject("secretsSeenFile");
  // Short values, plain numbers and deliberately bad input would match log lines by chance. A code
  // (`123 456`) has 7 characters.
  const values = collect(body).filter(
    (value) => /^[\x20-\x7e]{7,1999}$/.test(value) && !/^\d{7,9}$/.test(value),
  );
  if (file && values.length > 0)
    appendFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(""));
};
