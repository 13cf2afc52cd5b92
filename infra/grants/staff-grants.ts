import type { OperationName } from "../../shared/contract/contract.ts";
import type { Grant } from "./grant.ts";
import { hashes, read, spend, spendAndClear, letterLimits, verifying } from "./grant-words.ts";

const staff = {
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;
const find = ["BatchGetItem", "GetItem"] as const;
export const staffGrants = {
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
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  setUserEmail: {
    ...staff,
    USERS_TABLE: [...find, "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
    ...hashes,
  },
  confirmUserEmail: {
    ...staff,
    USERS_TABLE: [...find, "UpdateItem", "ConditionCheckItem"],
    LIMITS_TABLE: spendAndClear,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
    ...hashes,
  },
  cancelUserEmail: {
    ...staff,
    USERS_TABLE: [...find, "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
  },
  sendCode: {
    ...staff,
    USERS_TABLE: [...find, "UpdateItem"],
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
  },
  unlockUser: { ...staff, USERS_TABLE: find, LIMITS_TABLE: spendAndClear },
  listUserSessions: { ...staff, USERS_TABLE: find, SESSIONS_TABLE: ["BatchGetItem", "Query"] },
  endUserSessions: { ...staff, USERS_TABLE: [...find, "UpdateItem"], LIMITS_TABLE: spend },
} as const satisfies Partial<Record<OperationName, Grant>>;
