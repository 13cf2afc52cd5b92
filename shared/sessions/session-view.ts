import { isoTime } from "../platform/clock.ts";
import type { User } from "../store/user-items.ts";
import type { Session } from "./session-store.ts";

/** Omits sessions of an older epoch: they are over, even if their items still exist. */
export const shownSessions = (sessions: Session[], { sessionEpoch }: User, currentId: string) => ({
  results: sessions
    .filter((session) => session.sessionEpoch === sessionEpoch)
    .map(({ sessionId, createdAt, rotatedAt, deviceLabel }) => ({
      id: sessionId,
      created: isoTime(createdAt),
      last_used: isoTime(rotatedAt ?? createdAt),
      device: deviceLabel,
      current: sessionId === currentId,
    }))
    .toSorted((a, b) => b.last_used.localeCompare(a.last_used)),
});
