import type { OperationName } from "../../shared/contract/contract.ts";
import { allOf } from "./actions-on-kinds.ts";
import type { Grant } from "./grant.ts";
import { forgetDevices, issuing, read, signedIn, spend, verifying } from "./grant-words.ts";

const createToken = {
  USERS_TABLE: { GetItem: ["email"], UpdateItem: ["user"] },
  SESSIONS_TABLE: ["PutItem"],
  LIMITS_TABLE: spend,
  PSEUDONYM_SECRET_ID: read,
  DEVICE_SECRET_ID: read,
  DIGEST_SECRET_ID: read,
  SIGNING_KEYS_ID: read,
  settings: [...issuing, "TRIES_PER_NETWORK_PER_TEN_MINUTES", "OTP_LIFETIME_SECONDS", "KEY_ROTATION_DAYS"],
} as const;

const refreshToken = {
  USERS_TABLE: { GetItem: ["user"] },
  SESSIONS_TABLE: ["UpdateItem", "DeleteItem"],
  NOTICE_QUEUE_URL: ["SendMessage"],
  SIGNING_KEYS_ID: read,
  VERIFICATION_KEYS_ID: read,
  settings: [...issuing, "ISSUERS_ACCEPTED", "KEY_ROTATION_DAYS"],
} as const;

const logout = { SESSIONS_TABLE: ["DeleteItem"], VERIFICATION_KEYS_ID: read, settings: verifying } as const;

export const sessionGrants = {
  createToken,
  refreshToken,
  verifyToken: signedIn,
  listSessions: {
    ...signedIn,
    SESSIONS_TABLE: ["BatchGetItem", "Query"],
  },
  endOtherSessions: {
    ...signedIn,
    USERS_TABLE: allOf(signedIn.USERS_TABLE, forgetDevices, { UpdateItem: ["user"] }),
    SESSIONS_TABLE: ["BatchGetItem", "UpdateItem"],
    DEVICE_SECRET_ID: read,
  },
  endSession: {
    ...signedIn,
    SESSIONS_TABLE: ["BatchGetItem", "DeleteItem"],
  },
  logout,
  openAdminSession: {
    ...createToken,
    ...refreshToken,
    USERS_TABLE: allOf(createToken.USERS_TABLE, refreshToken.USERS_TABLE),
    SESSIONS_TABLE: [...createToken.SESSIONS_TABLE, ...refreshToken.SESSIONS_TABLE],
    settings: [...createToken.settings, "ISSUERS_ACCEPTED"],
  },
  endAdminSession: logout,
} as const satisfies Partial<Record<OperationName, Grant>>;
