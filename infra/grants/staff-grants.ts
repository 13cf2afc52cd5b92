import type { OperationName } from "../../shared/contract/contract.ts";
import { allOf } from "./actions-on-kinds.ts";
import type { Grant } from "./grant.ts";
import {
  hashes,
  read,
  spend,
  spendAndClear,
  codeLetterLimits,
  letterLimits,
  verifying,
  rename,
  forgetDevices,
  eraseAccount,
  exportData,
  readHistory,
} from "./grant-words.ts";

const staff = {
  SESSIONS_TABLE: ["BatchGetItem"],
  VERIFICATION_KEYS_ID: read,
  settings: verifying,
} as const;
const find = { BatchGetItem: ["user", "registration"], GetItem: ["pending"] } as const;
const asStaff = { ConditionCheckItem: ["user"] } as const;
export const staffGrants = {
  listUsers: {
    ...staff,
    USERS_TABLE: {
      QueryIndexes: true,
      CountItems: true,
      BatchGetItem: ["user", "pending", "registration", "delivery"],
      GetItem: ["username", "user", "pending"],
    },
  },
  inviteUser: {
    ...staff,
    USERS_TABLE: allOf(asStaff, {
      BatchGetItem: ["user"],
      GetItem: ["pending"],
      PutItem: ["pending", "registration", "username"],
      UpdateItem: ["pending", "username"],
      ConditionCheckItem: ["email", "undo", "username"],
    }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
  },
  getUser: { ...staff, USERS_TABLE: allOf(find, { GetItem: ["delivery"] }) },
  updateUser: {
    ...staff,
    USERS_TABLE: allOf(find, asStaff, rename, forgetDevices, {
      GetItem: ["undo", "delivery"],
      UpdateItem: ["user", "undo"],
      ConditionCheckItem: ["undo"],
    }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  deleteUser: {
    ...staff,
    USERS_TABLE: allOf(find, asStaff, eraseAccount, { UpdateItem: ["username"] }),
    SESSIONS_TABLE: ["BatchGetItem", "Query", "BatchWriteItem"],
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    ...hashes,
  },
  setUserEmail: {
    ...staff,
    USERS_TABLE: allOf(find, asStaff, forgetDevices, {
      GetItem: ["email", "undo"],
      PutItem: ["email-change", "email-claim", "undo"],
      UpdateItem: ["user", "undo"],
      DeleteItem: ["email-change", "reset", "undo"],
      ConditionCheckItem: ["undo"],
    }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
    ...hashes,
  },
  confirmUserEmail: {
    ...staff,
    USERS_TABLE: allOf(find, asStaff, { UpdateItem: ["user", "email-change", "email-claim"] }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...letterLimits],
    ...hashes,
  },
  cancelUserEmail: {
    ...staff,
    USERS_TABLE: allOf(find, asStaff, {
      GetItem: ["undo"],
      UpdateItem: ["user", "undo"],
      DeleteItem: ["email-change"],
      ConditionCheckItem: ["undo"],
    }),
    LIMITS_TABLE: spend,
    NOTICE_QUEUE_URL: ["SendMessage"],
  },
  sendCode: {
    ...staff,
    USERS_TABLE: allOf(find, { PutItem: ["registration"], UpdateItem: ["pending"] }),
    LIMITS_TABLE: spend,
    MAIL_QUEUE_URL: ["SendMessage"],
    NOTICE_QUEUE_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    settings: [...verifying, ...codeLetterLimits],
  },
  retryDelivery: {
    ...staff,
    USERS_TABLE: allOf(find, { PutItem: ["delivery"] }),
    LIMITS_TABLE: spend,
    liftsSuppression: true,
  },
  unlockUser: { ...staff, USERS_TABLE: find, LIMITS_TABLE: spendAndClear },
  listUserSessions: { ...staff, USERS_TABLE: find, SESSIONS_TABLE: ["BatchGetItem", "Query"] },
  listUserActivity: { ...staff, ...readHistory, USERS_TABLE: find },
  exportUser: {
    ...staff,
    ...readHistory,
    USERS_TABLE: allOf(find, exportData),
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
    LIMITS_TABLE: { ...spend, BatchGetItem: ["limit"] },
    PSEUDONYM_SECRET_ID: read,
    ...hashes,
  },
  endUserSession: {
    ...staff,
    USERS_TABLE: find,
    SESSIONS_TABLE: ["BatchGetItem", "DeleteItem"],
    LIMITS_TABLE: spend,
  },
  endUserSessions: {
    ...staff,
    USERS_TABLE: allOf(find, forgetDevices, { UpdateItem: ["user"] }),
    LIMITS_TABLE: spend,
  },
} as const satisfies Partial<Record<OperationName, Grant>>;
