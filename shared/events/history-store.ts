import type { UserEvent } from "./user-event.ts";

type Place = string;

/** What happened to accounts, and who did it. */
export type HistoryStore = {
  /** Safe for repeated and late events: what a deletion has removed stays away. */
  add: (events: readonly UserEvent[]) => Promise<void>;
  /** The newest first. `next` is where the following page starts, if there is one. */
  page: (
    userId: string,
    options: { limit: number; after?: Place | undefined },
  ) => Promise<{ events: UserEvent[]; next: Place | undefined }>;
  /** In the order in which they happened to each person. */
  since: (time: number) => AsyncIterable<UserEvent>;
  /** Deletes the entries of a person, but not the event of their deletion. */
  forget: (userId: string) => Promise<void>;
};
