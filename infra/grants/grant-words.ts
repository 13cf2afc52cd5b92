/** The words that rows of the grants sheet are made of. */

/** One whole vCPU: an argon2id hash costs the same there as on less, and is done sooner. */
export const hashes = { memoryMegabytes: 1_769, hashes: true } as const;
/** Nobody waits for these. */
export const background = { memoryMegabytes: 512 };

export const read = ["GetSecretValue"] as const;
export const write = ["GetSecretValue", "PutSecretValue"] as const;
export const rotate = [...write, "DescribeSecret", "UpdateSecretVersionStage"] as const;
export const spend = ["UpdateItem"] as const;
export const spendAndClear = ["UpdateItem", "DeleteItem"] as const;
export const letterLimits = [
  "UNPROVEN_LETTERS_PER_TEN_MINUTES",
  "UNPROVEN_LETTERS_PER_HOUR",
  "UNPROVEN_LETTERS_OF_ALL_PER_HOUR",
] as const;
export const networkLetterLimits = [...letterLimits, "UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR"] as const;
/** The address tells whether a device's cookie travels over TLS, which its name shows. */
export const tryLimits = ["TRIES_PER_NETWORK_PER_TEN_MINUTES", "PUBLIC_URL"] as const;
/** What judging a new password asks for. */
export const passwordRules = ["PRODUCT_NAME", "PWNED_PASSWORDS_URL"] as const;
export const verifying = ["PUBLIC_URL", "TOKEN_AUDIENCE"] as const;
export const issuing = [
  ...verifying,
  "ACCESS_TOKEN_LIFETIME_SECONDS",
  "SESSION_IDLE_SECONDS",
  "SESSION_LIFETIME_SECONDS",
] as const;

/** Knowing who calls: his token, and that he and his session are alive. */
export const signedIn = {
  USERS_TABLE: ["BatchGetItem"],
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;
