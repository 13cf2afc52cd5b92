/** One whole vCPU: an argon2id hash costs the same as with less memory and takes less time. */
export const hashes = { memoryMegabytes: 1_769, hashes: true } as const;
/** No client waits for these functions. */
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
/** The device cookie's name depends on PUBLIC_URL: with HTTPS, it has the prefix `__Host-`. */
export const tryLimits = ["TRIES_PER_NETWORK_PER_TEN_MINUTES", "PUBLIC_URL"] as const;
export const passwordRules = ["PRODUCT_NAME", "PWNED_PASSWORDS_URL"] as const;
export const verifying = ["PUBLIC_URL", "TOKEN_AUDIENCE"] as const;
export const issuing = [
  ...verifying,
  "ACCESS_TOKEN_LIFETIME_SECONDS",
  "SESSION_IDLE_SECONDS",
  "SESSION_LIFETIME_SECONDS",
] as const;

/** These rights authenticate the caller: token, account and session. */
export const signedIn = {
  USERS_TABLE: ["BatchGetItem"],
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;
