/** One whole vCPU: an argon2id hash costs the same as with less memory and takes less time. */
export const hashes = { memoryMegabytes: 1_769, hashes: true } as const;
// On one vCPU, the floor is more than twice what two hashes and the calls around them take. A
// function with less memory has a smaller share of a vCPU, so its hashes take longer.
const floorMillisecondsOnOneVcpu = 250;
const megabytesOfOneVcpu = 1_769;

export const refusalFloorMilliseconds = (memoryMegabytes: number): number =>
  Math.ceil((floorMillisecondsOnOneVcpu * megabytesOfOneVcpu) / memoryMegabytes);

// docs/operations.md#memory-of-functions says why these sizes.
export const mailing = { memoryMegabytes: 256 };
export const background = { memoryMegabytes: 512 };

export const read = ["GetSecretValue"] as const;
export const write = ["GetSecretValue", "PutSecretValue"] as const;
export const rotate = [...write, "DescribeSecret", "UpdateSecretVersionStage"] as const;
export const spend = { UpdateItem: ["limit"] } as const;
export const clear = { DeleteItem: ["limit"] } as const;
export const spendAndClear = { ...spend, ...clear } as const;
export const letterLimits = ["UNPROVEN_LETTERS_PER_TEN_MINUTES", "UNPROVEN_LETTERS_PER_HOUR"] as const;
export const codeLetterLimits = [...letterLimits, "OTP_LIFETIME_SECONDS"] as const;
export const resetLimits = [...codeLetterLimits, "UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR"] as const;
export const registrationLimits = [
  ...resetLimits,
  "UNPROVEN_LETTERS_OF_ALL_PER_HOUR",
  "UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY",
] as const;
export const challenge = [
  "CHALLENGE_VERIFY_URL",
  "CHALLENGE_HOSTNAMES",
  "CHALLENGE_FREE_PER_NETWORK_PER_HOUR",
] as const;
/** The device cookie's name depends on PUBLIC_URL: with HTTPS, it has the prefix `__Host-`. */
export const tryLimits = ["TRIES_PER_NETWORK_PER_TEN_MINUTES", "PUBLIC_URL"] as const;
export const passwordRules = ["PRODUCT_NAME", "PWNED_PASSWORDS_URL", "METRICS_NAMESPACE"] as const;
export const verifying = ["PUBLIC_URL", "ISSUERS_ACCEPTED", "TOKEN_AUDIENCE"] as const;
export const issuing = [
  "PUBLIC_URL",
  "TOKEN_AUDIENCE",
  "ACCESS_TOKEN_LIFETIME_SECONDS",
  "SESSION_IDLE_SECONDS",
  "SESSION_LIFETIME_SECONDS",
] as const;

/** These rights authenticate the caller: token, account and session. */
export const signedIn = {
  USERS_TABLE: { BatchGetItem: ["user"] },
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;

export const takeUsername = { PutItem: ["username"], ConditionCheckItem: ["username"] } as const;
export const rename = { ...takeUsername, DeleteItem: ["username"] } as const;
export const activate = {
  PutItem: ["user", "email", "username"],
  DeleteItem: ["pending"],
  ConditionCheckItem: ["undo", "username"],
} as const;
export const forgetDevices = { UpdateItem: ["email"] } as const;
export const confirmChange = {
  GetItem: ["email-change"],
  PutItem: ["email"],
  UpdateItem: ["user", "undo"],
  DeleteItem: ["email-change", "reset"],
  ConditionCheckItem: ["undo"],
} as const;
/** Also finds the held address, which gets a goodbye too. */
export const eraseAccount = {
  GetItem: ["undo"],
  PutItem: ["goodbye", "goodbye-earlier"],
  DeleteItem: [
    "user",
    "email",
    "username",
    "pending",
    "registration",
    "email-change",
    "undo",
    "reset",
    "delivery",
  ],
} as const;
/** Entries of a person go with the account. Acts of staff can only be added. */
export const keepHistory = {
  Query: ["person"],
  PutItem: ["person", "act"],
  ConditionCheckItem: ["person"],
  BatchWriteItem: ["person"],
} as const;
export const readHistory = { HISTORY_TABLE: { Query: ["person"] } } as const;
export const exportData = {
  BatchGetItem: ["user", "pending", "reset", "email-change", "undo", "goodbye-undone", "delivery"],
} as const;
