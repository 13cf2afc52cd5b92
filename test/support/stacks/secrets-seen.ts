/** Everything that must never appear in a log: what tests send and receive under telling names is noted for the final scan. */
import { appendFileSync } from "node:fs";
import { inject } from "vitest";

const telling = new Set([
  "email",
  "new_email",
  "password",
  "current_password",
  "new_password",
  "otp_code",
  "refresh",
  "access",
  "token",
]);

const collect = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "string" && telling.has(name) ? [inner] : collect(inner),
  );
};

export const remember = (body: unknown): void => {
  const file = inject("secretsSeenFile");
  // Short and odd-shaped values (bad input on purpose) would match log lines by chance, and so would numbers; `123 456` is 7 long.
  const values = collect(body).filter(
    (value) => /^[\x20-\x7e]{7,1999}$/.test(value) && !/^\d{7,9}$/.test(value),
  );
  if (file && values.length > 0)
    appendFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(""));
};
