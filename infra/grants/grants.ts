// Each row lists, under the name of a variable, the AWS actions on that resource, and sets the
// variable. On the tables Users and Limits, each action names the kinds of items that it may touch
// (shared/store/item-kinds.ts). Functions also may write logs and traces, and poll the queue of
// their events.
import type { FunctionName, Grant, SettingVariable } from "./grant.ts";
import { allOf } from "./actions-on-kinds.ts";
import { backgroundGrants } from "./background-grants.ts";
import {
  hashes,
  read,
  spend,
  spendAndClear,
  letterLimits,
  resetLimits,
  registrationLimits,
  challenge,
  tryLimits,
  passwordRules,
  verifying,
  signedIn,
  takeUsername,
  rename,
  forgetDevices,
  activate,
  confirmChange,
  eraseAccount,
  exportData,
  readHistory,
} from "./grant-words.ts";
import { sessionGrants } from "./session-grants.ts";
import { staffGrants } from "./staff-grants.ts";

/** 1,024 MB come with 0.58 vCPU, enough for JSON, TLS and an RS256 check while a client waits. */
export const defaultMemoryMegabytes = 1_024;
/** This is below the API's 29 s, so that a stuck call ends with a log line of the function. */
export const defaultTimeoutSeconds = 10;

export const operationSettings = ["ALLOWED_ORIGINS"] as const satisfies readonly SettingVariable[];

export const grants = {
  createUser: {
    USERS_TABLE: allOf(takeUsername, {
      GetItem: ["pending"],
      PutItem: ["pending", "registration"],
      UpdateItem: ["pending"],
    }),
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    CHALLENGE_SECRET_ID: read,
    settings: [
      "UNACTIVATED_ACCOUNT_DAYS",
      "CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER",
      ...challenge,
      ...registrationLimits,
      ...passwordRules,
    ],
    ...hashes,
  },
  activateUser: {
    USERS_TABLE: allOf(activate, { GetItem: ["pending", "email"], BatchGetItem: ["pending", "undo"] }),
    LIMITS_TABLE: spend,
    PSEUDONYM_SECRET_ID: read,
    DEVICE_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: [...tryLimits, ...passwordRules],
    ...hashes,
  },
  requestOtp: {
    USERS_TABLE: {
      GetItem: ["user", "email"],
      BatchGetItem: ["email", "pending"],
      UpdateItem: ["user", "pending"],
    },
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    DEVICE_SECRET_ID: read,
    settings: [...registrationLimits, ...tryLimits, "REFUSAL_FLOOR_MILLISECONDS"],
    ...hashes,
  },
  ...sessionGrants,
  getMe: signedIn,
  getActivity: { ...signedIn, ...readHistory },
  updateMe: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, rename, { UpdateItem: ["user"] }),
    LIMITS_TABLE: spend,
  },
  deleteMe: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, eraseAccount),
    SESSIONS_TABLE: ["BatchGetItem", "Query", "BatchWriteItem"],
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  setEmail: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, {
      PutItem: ["email-change", "undo"],
      ConditionCheckItem: ["user"],
    }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits, "UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR"],
    ...hashes,
  },
  confirmEmail: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, confirmChange),
    DEVICE_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
  },
  claimEmail: {
    USERS_TABLE: allOf(confirmChange, {
      GetItem: ["email-claim", "user"],
      // The address of a lost mailbox is refused from now on.
      PutItem: ["undo"],
      DeleteItem: ["undo"],
    }),
    LIMITS_TABLE: spend,
    PSEUDONYM_SECRET_ID: read,
    DEVICE_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  undoEmail: {
    USERS_TABLE: {
      GetItem: ["undo", "user"],
      PutItem: ["email", "goodbye-undone"],
      UpdateItem: ["user", "email"],
      DeleteItem: ["undo", "email", "email-change", "reset"],
    },
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    DEVICE_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: tryLimits,
  },
  setPassword: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, forgetDevices, {
      UpdateItem: ["user"],
      DeleteItem: ["email-change", "reset"],
    }),
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    DEVICE_SECRET_ID: read,
    settings: [...verifying, ...passwordRules],
    ...hashes,
  },
  resetPassword: {
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    CHALLENGE_SECRET_ID: read,
    settings: [...resetLimits, ...challenge, "METRICS_NAMESPACE"],
  },
  confirmPasswordReset: {
    USERS_TABLE: allOf(activate, forgetDevices, {
      Query: ["reset"],
      GetItem: ["email", "user", "pending"],
      UpdateItem: ["user"],
      DeleteItem: ["reset", "email-change"],
    }),
    LIMITS_TABLE: spendAndClear,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    DEVICE_SECRET_ID: read,
    DIGEST_SECRET_ID: read,
    settings: [...tryLimits, ...passwordRules],
    ...hashes,
  },
  exportMe: {
    ...signedIn,
    ...readHistory,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, exportData),
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
    LIMITS_TABLE: { BatchGetItem: ["limit"] },
    PSEUDONYM_SECRET_ID: read,
  },
  ...staffGrants,
  getKeys: { VERIFICATION_KEYS_ID: read },
  getConfiguration: { settings: ["PUBLIC_URL"] },
  ...backgroundGrants,
} as const satisfies Record<FunctionName, Grant>;
