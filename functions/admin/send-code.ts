import { randomUUID } from "node:crypto";
import { requireUsable } from "../../shared/admin/address-moves.ts";
import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { codeStore, type CodeStore } from "../../shared/codes/code-store.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { registrationLettersTo, resetLettersTo } from "../../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { staffActs } from "../../shared/limits/staff-limits.ts";
import { requestActivationCode } from "../../shared/mail/code-requests.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { isAccount } from "../../shared/store/user-items.ts";

type Deps = {
  people: Pick<PersonLookup, "find">;
  codes: Pick<CodeStore, "restartActivation">;
  limits: Pick<LimitStore, "spendAll">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Never sends an account a login code, which would replace the password at sign-in. The
 * mailbox's limit applies to administrators too, because its owner may not want the letters.
 */
export const sendCode = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.sendCode>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  const { addressKey, email } = person;
  if (isAccount(person)) requireUsable(person);
  const letters = isAccount(person)
    ? resetLettersTo(addressKey)
    : registrationLettersTo(await deps.pseudonyms.ofMailbox(email));
  requireWithin(await deps.limits.spendAll([staffActs(actor.id), letters]), { userId: id });

  if (isAccount(person))
    await deps.enqueueLetter({ kind: "password_reset", addressKey, otpRequestId: randomUUID() });
  else if ((await requestActivationCode(person, deps)) === "refused") throw new ApiError("not_found");
  deps.recordSecurityEvent("code_sent", { userId: id, actorId: actor.id });
};

export const handler = await userEndpoint(contract.sendCode, sendCode, () => ({
  people: personLookup(),
  codes: codeStore(),
  limits: limitStore(),
  pseudonyms,
  enqueueLetter,
  recordSecurityEvent,
}));
