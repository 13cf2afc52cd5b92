// Each write of an account that means something to others sets these three, in the same write.
import { actorText, type Actor } from "./actor.ts";

/** `at` is read from the clock once: a retried transaction must be the same. */
export type ChangedBy = { actor: Actor; at: number };

/** For a new account. */
export const firstChange = ({ actor, at }: ChangedBy) => ({
  version: 1,
  changedBy: actorText(actor),
  changedAt: at,
});

/** Assignments after `SET`, and their values. */
export const nextChange = ({ actor, at }: ChangedBy) => ({
  assignments:
    "version = if_not_exists(version, :noVersion) + :nextVersion, changedBy = :changedBy, changedAt = :changedAt",
  values: {
    ":noVersion": 0,
    ":nextVersion": 1,
    ":changedBy": actorText(actor),
    ":changedAt": at,
  },
});

/** For a deletion, which tells what the next version would be. */
export const sameVersion = (version: number | undefined) =>
  version === undefined
    ? { condition: "attribute_not_exists(version)", values: {} }
    : { condition: "version = :version", values: { ":version": version } };

/** For the item that outlives a deleted account. The deletion must require this version. */
export const lastChange = (version: number | undefined, { actor, at }: ChangedBy) => ({
  version: (version ?? 0) + 1,
  changedBy: actorText(actor),
  changedAt: at,
});
