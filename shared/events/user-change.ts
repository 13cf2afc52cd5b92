// Each write of an account that means something to others sets these three, in the same write.
import { variable } from "../platform/environment.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { updatePart, type UpdateDetails } from "../store/update-part.ts";
import { userPk, type User } from "../store/user-items.ts";
import { actorText, type Actor } from "./actor.ts";

/** `at` is read from the clock once: a retried transaction must be the same. */
export type ChangedBy = { actor: Actor; at: number };

export const newUserItem = (user: User, { actor, at }: ChangedBy) => ({
  pk: userPk(user.id),
  ...user,
  ...listAttributes(user, user.status),
  version: 1,
  changedBy: actorText(actor),
  changedAt: at,
});

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

export const changingUser = (
  userId: string,
  by: ChangedBy,
  sets: object,
  { assignment, values, ...details }: UpdateDetails = {},
) => {
  const { assignments, values: own } = nextChange(by);
  return updatePart(variable("USERS_TABLE"), userPk(userId), sets, {
    ...details,
    assignment: assignment === undefined ? assignments : `${assignment}, ${assignments}`,
    values: { ...own, ...values },
  });
};
