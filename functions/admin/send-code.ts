import { randomUUID } from "node:crypto";
import { codeStore, type CodeStore } from "../../shared/codes/code-store.ts";
import { contract } from "../../shared/contract/contract.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { isAccount, registrationPk } from "../../shared/store/user-items.ts";
import { mailboxKey, resetMailboxKey } from "../../shared/identity/pseudonyms.ts";
import { unprovenLetterByStaff } from "../../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../../shared/limits/limit-store.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { personLookup, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = {
  people: Pick<PersonLookup, "find">;
  codes: Pick<CodeStore, "restart">;
  limits: Pick<LimitStore, "spendAll">;
  mailboxKey: typeof mailboxKey;
  resetMailboxKey: typeof resetMailboxKey;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Sends a registration a new activation code, and an account a reset letter. Never a login code: with it the administrator's
 * word would be the password. The mailbox has its limit here too: nobody has proven that its owner wants a letter.
 */
export const sendCode = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.sendCode>,
  deps: Deps,
) => {
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  const { addressKey, passwordHash, email } = person;
  if (isAccount(person) && person.status === "disabled") throw new ApiError("deactivated");
  const mailbox = await (isAccount(person) ? deps.resetMailboxKey(email) : deps.mailboxKey(email));
  const letter = await deps.limits.spendAll(unprovenLetterByStaff(mailbox));
  if (letter.outcome === "exhausted") throw new ApiError(letter.refusal, { ...letter, userId: id });
  const otpRequestId = randomUUID();
  if (isAccount(person)) {
    await deps.enqueueLetter({ kind: "password_reset", addressKey, otpRequestId });
  } else {
    const restarted = await deps.codes.restart(registrationPk(addressKey), passwordHash, otpRequestId);
    if (restarted === "refused") throw new ApiError("not_found");
    await deps.enqueueLetter({ kind: "activation", addressKey, otpRequestId });
  }
  deps.recordSecurityEvent("code_sent", { userId: id, actorId: actor.id });
};

export const handler = userEndpoint(contract.sendCode, sendCode, () => ({
  people: personLookup(),
  codes: codeStore(),
  limits: limitStore(),
  mailboxKey,
  resetMailboxKey,
  enqueueLetter,
  recordSecurityEvent,
}));
