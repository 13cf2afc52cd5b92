// Sessions and the rotation of their refresh tokens (RFC 9700 4.14.2). Within the grace period, the
// token just replaced gets the *same* current one again, so that no one is signed out when two tabs
// refresh at once or a response is lost. Any older token must have been copied, and its use ends
// the session.
import { randomBytes, randomUUID } from "node:crypto";
import * as z from "zod";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { environment, variable } from "../platform/environment.ts";
import { lazy } from "../platform/lazy.ts";
import { batchDelete } from "../store/batch.ts";
import { conditionalWrite, readPages } from "../store/dynamo.ts";

export const graceSeconds = 30;

export const sessionItem = z.object({
  userId: z.string(),
  sessionId: z.string(),
  /** The session is over if its user has another epoch. */
  sessionEpoch: z.int(),
  jti: z.string(),
  issuedAt: z.int(),
  /** End of the current refresh token and, without another refresh, of the session. */
  expiresAt: z.int(),
  /** The replaced token is valid for the grace period from `rotatedAt` on. */
  previousJti: z.string().optional(),
  rotatedAt: z.int().optional(),
  createdAt: z.int(),
  deviceLabel: z.string(),
});
export type Session = z.output<typeof sessionItem>;

/** True if this can be a session's id. DynamoDB rejects some other texts as keys. */
export const isSessionId = (text: string): boolean => z.uuid().safeParse(text).success;

/** Returns 128 random bits (ASVS 11.5.1) in simplejwt's format. */
const createJti = () => randomBytes(16).toString("hex");

/** True for the current refresh token, and for the one before it during the grace period. */
export const acceptsJti = (session: Session, jti: string, now: number): boolean =>
  session.jti === jti ||
  (session.previousJti === jti && session.rotatedAt !== undefined && now - session.rotatedAt < graceSeconds);

export const sessionStore = (clock: Clock = nowSeconds) => {
  const table = variable("SESSIONS_TABLE");
  // Lazy, because functions that only end sessions don't have these settings.
  const lifetimes = lazy(() => environment("SESSION_IDLE_SECONDS", "SESSION_LIFETIME_SECONDS"));

  const expiry = (createdAt: number, now: number) =>
    Math.min(now + lifetimes().SESSION_IDLE_SECONDS, createdAt + lifetimes().SESSION_LIFETIME_SECONDS);

  const create = async (userId: string, sessionEpoch: number, deviceLabel: string): Promise<Session> => {
    const now = clock();
    const session: Session = {
      userId,
      sessionId: randomUUID(),
      sessionEpoch,
      jti: createJti(),
      issuedAt: now,
      expiresAt: expiry(now, now),
      createdAt: now,
      deviceLabel,
    };
    await conditionalWrite({ Put: { TableName: table, Item: session } });
    return session;
  };

  const end = async (userId: string, sessionId: string): Promise<"ended" | "not_found"> => {
    const { refused } = await conditionalWrite({
      Delete: {
        TableName: table,
        Key: { userId, sessionId },
        ConditionExpression: "expiresAt > :now",
        ExpressionAttributeValues: { ":now": clock() },
      },
    });
    return refused ? "not_found" : "ended";
  };

  /** `replayed` is the session that this call ended, because the token was an older one. */
  const rotate = async (claims: {
    userId: string;
    sessionId: string;
    jti: string;
    sessionCreatedAt: number;
  }): Promise<Session | "refused" | { replayed: Session }> => {
    const { userId, sessionId, jti, sessionCreatedAt } = claims;
    const now = clock();
    const { refused, item } = await conditionalWrite({
      Update: {
        TableName: table,
        Key: { userId, sessionId },
        UpdateExpression:
          "SET previousJti = jti, jti = :next, rotatedAt = :now, issuedAt = :now, expiresAt = :expiresAt",
        ConditionExpression:
          "jti = :jti AND expiresAt > :now AND (attribute_not_exists(rotatedAt) OR rotatedAt <= :settled)",
        ExpressionAttributeValues: {
          ":next": createJti(),
          ":jti": jti,
          ":now": now,
          ":expiresAt": expiry(sessionCreatedAt, now),
          ":settled": now - graceSeconds,
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
    if (!refused) return sessionItem.parse(item);
    const session = item && sessionItem.parse(item);
    if (!session || session.expiresAt <= now) return "refused";
    if (acceptsJti(session, jti, now)) return session;
    // Only one of several concurrent replays reports it, so that the owner gets one letter.
    return (await end(userId, sessionId)) === "ended" ? { replayed: session } : "refused";
  };

  const list = async (userId: string): Promise<Session[]> => {
    const sessions: Session[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: "userId = :userId",
      ExpressionAttributeValues: { ":userId": userId },
      ConsistentRead: true,
    };
    for await (const { items } of readPages({ Query: query }))
      sessions.push(...items.map((item) => sessionItem.parse(item)));
    return sessions.filter(({ expiresAt }) => expiresAt > clock());
  };

  /** Cleans up after a deleted user. To end the sessions of an account, raise its session epoch. */
  const removeAll = async (userId: string): Promise<void> => {
    const sessions = await list(userId);
    await batchDelete(
      table,
      sessions.map(({ sessionId }) => ({ userId, sessionId })),
    );
  };

  return { create, list, rotate, end, removeAll };
};

export type SessionStore = ReturnType<typeof sessionStore>;
