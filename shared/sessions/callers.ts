import { nowSeconds, type Clock } from "../platform/clock.ts";
import { environment } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";
import { sessionItem, type Session } from "./session-store.ts";
import type { Claims } from "./tokens.ts";

export type Caller = { user: User; session: Session };

export const callerStore = (clock: Clock = nowSeconds) => {
  const { USERS_TABLE, SESSIONS_TABLE } = environment("USERS_TABLE", "SESSIONS_TABLE");

  return {
    /** Takes verified claims, so forged tokens cost no read. The error codes are simplejwt's. */
    find: async ({
      userId,
      sessionId,
    }: Pick<Claims, "userId" | "sessionId">): Promise<
      Caller | "user_not_found" | "user_inactive" | "token_not_valid"
    > => {
      const found = await batchRead({
        [USERS_TABLE]: [{ pk: userPk(userId) }],
        [SESSIONS_TABLE]: [{ userId, sessionId }],
      });
      const [foundUser] = found[USERS_TABLE] ?? [];
      const [foundSession] = found[SESSIONS_TABLE] ?? [];
      if (!foundUser) return "user_not_found";
      const user = userItem.parse(foundUser);
      if (user.status !== "active") return "user_inactive";
      const session = foundSession && sessionItem.parse(foundSession);
      const alive = session && session.expiresAt > clock() && session.sessionEpoch === user.sessionEpoch;
      return alive ? { user, session } : "token_not_valid";
    },
  };
};

export type CallerStore = ReturnType<typeof callerStore>;
