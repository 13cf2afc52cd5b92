import { registrationStore, type RegistrationStore } from "../../shared/accounts/registration-store.ts";
import { userStore, type UserStore } from "../../shared/accounts/user-store.ts";
import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { staff } from "../../shared/events/actor.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../../shared/sessions/session-store.ts";
import { isAccount, type Person, type User } from "../../shared/store/user-items.ts";

type Deps = CurrentPasswordDeps &
  StaffActDeps & {
    people: Pick<PersonLookup, "find">;
    users: Pick<UserStore, "remove">;
    registrations: Pick<RegistrationStore, "remove">;
    sessions: Pick<SessionStore, "removeAll">;
    authorityOver: typeof authorityOver;
    enqueueLetter: typeof enqueueLetter;
    recordSecurityEvent: typeof recordSecurityEvent;
  };

/** Retries on "refused", because the registration may have become an account meanwhile. */
const remove = async (person: Person, actor: User, deps: Deps): Promise<void> => {
  const authority = deps.authorityOver(actor, person);
  const removed = isAccount(person)
    ? await deps.users.remove(person, staff(actor), authority)
    : await deps.registrations.remove(person, authority);
  switch (removed) {
    case "refused":
      return remove(await requirePerson(person.id, deps), actor, deps);
    case "along_refused":
      throw new ApiError("permission_denied");
    case "removed":
      deps.recordSecurityEvent("user_deleted", { userId: person.id, actorId: actor.id });
      if (!isAccount(person)) return undefined;
      await Promise.all([
        deps.sessions.removeAll(person.id),
        deps.enqueueLetter({ kind: "goodbye", userId: person.id }),
      ]);
      return undefined;
    default:
      return removed satisfies never;
  }
};

export const deleteUser = async (
  { body, user: actor, parameters }: UserCall<typeof contract.deleteUser>,
  deps: Deps,
): Promise<void> => {
  const person = await requirePerson(parameters.id, deps);
  if (person.id === actor.id) throw new ApiError("not_yourself");
  await requireCurrentPassword(actor, body.current_password, deps);
  await spendStaffAct(actor, deps);
  await remove(person, actor, deps);
};

export const handler = await userEndpoint(contract.deleteUser, deleteUser, () => ({
  people: personLookup(),
  users: userStore(),
  registrations: registrationStore(),
  sessions: sessionStore(),
  limits: limitStore(),
  hasher: passwordHasher,
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
}));
