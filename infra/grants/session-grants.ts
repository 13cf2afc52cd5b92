import type { OperationName } from "../../shared/contract/contract.ts";
import { allOf } from "./actions-on-kinds.ts";
import type { Grant } from "./grant.ts";
import { forgetDevices, issuing, read, signedIn, verifying } from "./grant-words.ts";

export const sessionGrants = {
  refreshToken: {
    USERS_TABLE: { GetItem: ["user"] },
    SESSIONS_TABLE: ["UpdateItem", "DeleteItem"],
    NOTICE_QUEUE_URL: ["SendMessage"],
    SIGNING_KEYS_ID: read,
    VERIFICATION_KEYS_ID: read,
    settings: issuing,
  },
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
  logout: {
    SESSIONS_TABLE: ["DeleteItem"],
    VERIFICATION_KEYS_ID: read,
    settings: verifying,
  },
} as const satisfies Partial<Record<OperationName, Grant>>;
