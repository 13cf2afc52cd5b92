import { randomUUID } from "node:crypto";
import { addressChangeStore, type AddressChangeStore } from "../../shared/accounts/address-change-store.ts";
import { contract } from "../../shared/contract/contract.ts";
import { requireCurrentPassword, type PasswordDeps } from "../../shared/passwords/current-password.ts";
import { ApiError, FieldErrors } from "../../shared/contract/errors.ts";
import { isAccount } from "../../shared/store/user-items.ts";
import { addressKey, mailboxKey } from "../../shared/identity/pseudonyms.ts";
import { unprovenLetterByStaff } from "../../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../../shared/limits/limit-store.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { verifyPassword } from "../../shared/passwords/password-hash.ts";
import { personLookup, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { authorityOf } from "../../shared/admin/staff-authority.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = PasswordDeps & {
  people: Pick<PersonLookup, "find">;
  changes: Pick<AddressChangeStore, "start">;
  limits: Pick<LimitStore, "spend" | "spendAll" | "clear">;
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  authorityOf: typeof authorityOf;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Helps somebody whose mailbox is lost to another address. An address is the way in, so it asks for the administrator's own
 * password; the old mailbox is told and can undo it, and only the new one gets the code. Somebody who is changed at this moment is
 * looked for again.
 */
export const setUserEmail = async (
  call: UserCall<typeof contract.setUserEmail>,
  deps: Deps,
): Promise<void> => {
  const {
    body,
    user: actor,
    parameters: { id },
  } = call;
  const { new_email: email, current_password: password } = body;
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  if (!isAccount(person)) throw new ApiError("not_activated");
  if (person.status === "disabled") throw new ApiError("deactivated");
  await requireCurrentPassword(actor, password, deps);
  const key = await deps.addressKey(email);
  if (key === person.addressKey)
    throw new FieldErrors({ new_email: ["This is the account's address already."] });
  const letter = await deps.limits.spendAll(unprovenLetterByStaff(await deps.mailboxKey(email)));
  if (letter.outcome === "exhausted") throw new ApiError(letter.refusal, letter);

  const otpRequestId = randomUUID();
  const change = { email, addressKey: key, otpRequestId, byStaff: true };
  // Of himself the change's own condition knows enough: another rank ends all sessions.
  const authority = id === actor.id ? [] : [deps.authorityOf(actor)];
  const started = await deps.changes.start(person, change, authority);
  if (started === "changed_meanwhile") return setUserEmail(call, deps);
  if (started === "along_refused") throw new ApiError("permission_denied");
  deps.recordSecurityEvent("email_change_started", { userId: id, actorId: actor.id });
  await deps.enqueueLetter({ kind: "email_change", userId: id, otpRequestId });
};

export const handler = userEndpoint(contract.setUserEmail, setUserEmail, () => ({
  people: personLookup(),
  changes: addressChangeStore(),
  limits: limitStore(),
  addressKey,
  mailboxKey,
  verifyPassword,
  authorityOf,
  enqueueLetter,
  recordSecurityEvent,
}));
