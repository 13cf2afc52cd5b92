// Each row lists, under the name of a variable, the AWS actions on that resource, and sets the
// variable. Functions also may write logs and traces, and poll the queue of their events.
import type { FunctionName, Grant, SettingVariable } from "./grant.ts";
import {
  hashes,
  background,
  read,
  write,
  rotate,
  spend,
  spendAndClear,
  networkLetterLimits,
  tryLimits,
  passwordRules,
  verifying,
  issuing,
  signedIn,
} from "./grant-words.ts";
import { staffGrants } from "./staff-grants.ts";

/** 1,024 MB come with 0.58 vCPU, enough for JSON, TLS and an RS256 check while a client waits. */
export const defaultMemoryMegabytes = 1_024;
/** This is below the API's 29 s, so that a stuck call ends with a log line of the function. */
export const defaultTimeoutSeconds = 10;

export const operationSettings = ["ALLOWED_ORIGINS"] as const satisfies readonly SettingVariable[];

export const grants = {
  createUser: {
    USERS_TABLE: ["PutItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: ["UNACTIVATED_ACCOUNT_DAYS", ...networkLetterLimits, ...passwordRules],
    ...hashes,
  },
  activateUser: {
    USERS_TABLE: ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  requestOtp: {
    USERS_TABLE: ["GetItem", "BatchGetItem", "UpdateItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...networkLetterLimits, ...tryLimits, "REFUSAL_FLOOR_MILLISECONDS"],
    ...hashes,
  },
  createToken: {
    USERS_TABLE: ["GetItem", "UpdateItem"],
    SESSIONS_TABLE: ["PutItem"],
    LIMITS_TABLE: spendAndClear,
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    SIGNING_KEYS_ID: read,
    settings: [...issuing, "TRIES_PER_NETWORK_PER_TEN_MINUTES"],
  },
  refreshToken: {
    USERS_TABLE: ["GetItem"],
    SESSIONS_TABLE: ["UpdateItem", "DeleteItem"],
    MAIL_QUEUE_URL: ["SendMessage"],
    SIGNING_KEYS_ID: read,
    VERIFICATION_KEYS_ID: read,
    settings: issuing,
  },
  verifyToken: signedIn,
  getMe: signedIn,
  updateMe: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"],
  },
  deleteMe: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "GetItem", "PutItem", "DeleteItem"],
    SESSIONS_TABLE: ["BatchGetItem", "Query", "BatchWriteItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  listSessions: {
    ...signedIn,
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
  },
  endOtherSessions: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "UpdateItem"],
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
  },
  endSession: {
    ...signedIn,
    SESSIONS_TABLE: ["BatchGetItem", "DeleteItem"],
  },
  logout: {
    SESSIONS_TABLE: ["DeleteItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
  setEmail: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "PutItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...networkLetterLimits],
    ...hashes,
  },
  confirmEmail: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
  },
  claimEmail: {
    USERS_TABLE: ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spend,
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  undoEmail: {
    USERS_TABLE: ["GetItem", "PutItem", "UpdateItem", "DeleteItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  setPassword: {
    ...signedIn,
    USERS_TABLE: ["BatchGetItem", "UpdateItem", "DeleteItem"],
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    settings: [...verifying, ...passwordRules],
    ...hashes,
  },
  resetPassword: {
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: networkLetterLimits,
  },
  confirmPasswordReset: {
    USERS_TABLE: ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: [...tryLimits, ...passwordRules],
    ...hashes,
  },
  exportMe: {
    ...signedIn,
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
    LIMITS_TABLE: ["BatchGetItem"],
    PSEUDONYM_SECRET_ID: read,
  },
  ...staffGrants,
  getKeys: { VERIFICATION_KEYS_ID: read },
  getConfiguration: { settings: ["PUBLIC_URL"] },
  /** The event source adds the rights to poll the queue. */
  mailer: {
    USERS_TABLE: ["GetItem", "UpdateItem"],
    MAIL_QUEUE_URL: ["SendMessage"],
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
