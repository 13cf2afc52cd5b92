/**
 * The one sheet of rights: what each function may do to what, what it is told, and how big it is. A resource stands
 * under the variable that carries its name; naming it both grants the actions and sets the variable. Nothing else does.
 */
import type { FunctionName, Grant, SettingVariable } from "./grant.ts";

/** Somebody waits for the answer: 0.58 vCPU makes JSON, TLS and an RS256 check a matter of milliseconds. */
export const defaultMemoryMegabytes = 1_024;
/** Below the API's own 29 s, so that a stuck call ends as one of our log lines. */
export const defaultTimeoutSeconds = 10;

/** One whole vCPU: an argon2id hash costs the same there as on less, and is done sooner. */
const hashes = { memoryMegabytes: 1_769 };
/** Nobody waits for these. */
const background = { memoryMegabytes: 512 };

const read = ["GetSecretValue"] as const;
const write = ["GetSecretValue", "PutSecretValue"] as const;
const rotate = [...write, "DescribeSecret", "UpdateSecretVersionStage"] as const;
const spend = ["UpdateItem"] as const;
const spendAndClear = ["UpdateItem", "DeleteItem"] as const;
const letterLimits = [
  "UNPROVEN_LETTERS_PER_TEN_MINUTES",
  "UNPROVEN_LETTERS_PER_HOUR",
  "UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR",
  "UNPROVEN_LETTERS_OF_ALL_PER_HOUR",
] as const;
const tryLimits = ["TRIES_PER_NETWORK_PER_TEN_MINUTES"] as const;
const verifying = ["PUBLIC_URL", "TOKEN_AUDIENCE"] as const;
/** What every operation of the staff needs to know its caller. */
const staff = {
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;
/** And to find the person whom it is about. */
const find = ["BatchGetItem", "GetItem"] as const;
const issuing = [
  ...verifying,
  "ACCESS_TOKEN_LIFETIME_SECONDS",
  "SESSION_IDLE_SECONDS",
  "SESSION_LIFETIME_SECONDS",
] as const;

/** What every operation of the contract is told besides. */
export const operationSettings = ["ALLOWED_ORIGINS"] as const satisfies readonly SettingVariable[];

export const grants = {
  createUser: {
    USERS_TABLE: ["PutItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    KEY_SECRET_ID: read,
    settings: ["UNACTIVATED_ACCOUNT_DAYS", ...letterLimits],
    ...hashes,
  },
  activateUser: {
    USERS_TABLE: ["GetItem", "PutItem", "UpdateItem", "DeleteItem"],
    LIMITS_TABLE: spendAndClear,
    KEY_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  requestOtp: {
    USERS_TABLE: ["GetItem", "BatchGetItem", "UpdateItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    KEY_SECRET_ID: read,
    settings: [...letterLimits, ...tryLimits],
    ...hashes,
  },
  createToken: {
    USERS_TABLE: ["GetItem", "UpdateItem"],
    SESSIONS_TABLE: ["PutItem"],
    LIMITS_TABLE: spendAndClear,
    KEY_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    SIGNING_KEYS_ID: read,
    settings: [...issuing, ...tryLimits],
  },
  refreshToken: {
    USERS_TABLE: ["GetItem"],
    SESSIONS_TABLE: ["UpdateItem", "DeleteItem"],
    MAIL_QUEUE_URL: ["SendMessage"],
    SIGNING_KEYS_ID: read,
    VERIFICATION_KEYS_ID: read,
    settings: issuing,
  },
  verifyToken: {
    USERS_TABLE: ["BatchGetItem"],
    SESSIONS_TABLE: ["BatchGetItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  getMe: {
    USERS_TABLE: ["BatchGetItem"],
    SESSIONS_TABLE: ["BatchGetItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  updateMe: {
    USERS_TABLE: ["BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"],
    SESSIONS_TABLE: ["BatchGetItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  deleteMe: {
    USERS_TABLE: ["BatchGetItem", "PutItem", "DeleteItem"],
    SESSIONS_TABLE: ["BatchGetItem", "Query", "BatchWriteItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
    ...hashes,
  },
  listSessions: {
    USERS_TABLE: ["BatchGetItem"],
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  endOtherSessions: {
    USERS_TABLE: ["BatchGetItem", "UpdateItem"],
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  endSession: {
    USERS_TABLE: ["BatchGetItem"],
    SESSIONS_TABLE: ["BatchGetItem", "DeleteItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  logout: {
    SESSIONS_TABLE: ["DeleteItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  setPassword: {
    USERS_TABLE: ["BatchGetItem", "UpdateItem", "DeleteItem"],
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
    ...hashes,
  },
  resetPassword: {
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    KEY_SECRET_ID: read,
    settings: letterLimits,
  },
  confirmPasswordReset: {
    USERS_TABLE: ["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    KEY_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
    ...hashes,
  },
  exportMe: {
    USERS_TABLE: ["BatchGetItem"],
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
    LIMITS_TABLE: ["BatchGetItem"],
    KEY_SECRET_ID: read,
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  listUsers: { ...staff, USERS_TABLE: [...find, "QueryIndexes"] },
  getUser: { ...staff, USERS_TABLE: find },
  updateUser: {
    ...staff,
    USERS_TABLE: [...find, "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  deleteUser: {
    ...staff,
    USERS_TABLE: [...find, "PutItem", "DeleteItem", "ConditionCheckItem"],
    SESSIONS_TABLE: ["BatchGetItem", "Query", "BatchWriteItem"],
    MAIL_QUEUE_URL: ["SendMessage"],
  },
  sendCode: { ...staff, USERS_TABLE: [...find, "UpdateItem"], MAIL_QUEUE_URL: ["SendMessage"] },
  unlockUser: { ...staff, USERS_TABLE: find, LIMITS_TABLE: ["DeleteItem"] },
  listUserSessions: { ...staff, USERS_TABLE: find, SESSIONS_TABLE: ["BatchGetItem", "Query"] },
  endUserSessions: { ...staff, USERS_TABLE: [...find, "UpdateItem"] },
  getKeys: { VERIFICATION_KEYS_ID: read },
  getConfiguration: { settings: ["PUBLIC_URL"] },
  /** Its event source adds what polling the queue needs. */
  mailer: {
    USERS_TABLE: ["GetItem", "UpdateItem"],
    DIGEST_SECRET_ID: read,
    MAIL_FROM: ["SendEmail"],
    settings: ["PRODUCT_NAME", "OTP_LIFETIME_SECONDS"],
    timeoutSeconds: 8,
    ...background,
  },
  createKeys: {
    DIGEST_SECRET_ID: write,
    SIGNING_KEYS_ID: write,
    VERIFICATION_KEYS_ID: write,
    timeoutSeconds: 30,
    ...background,
  },
  rotateKeys: {
    DIGEST_SECRET_ID: rotate,
    SIGNING_KEYS_ID: rotate,
    VERIFICATION_KEYS_ID: write,
    settings: ["SESSION_IDLE_SECONDS", "ACCESS_TOKEN_LIFETIME_SECONDS"],
    timeoutSeconds: 30,
    ...background,
  },
  pages: { ...background },
} as const satisfies Record<FunctionName, Grant>;
