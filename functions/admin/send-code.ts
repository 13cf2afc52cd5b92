import { randomUUID } from "node:crypto";
import { invitationStore, type InvitationStore } from "../../shared/admin/invitation-store.ts";
import { requireUsable } from "../../shared/admin/address-moves.ts";
import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { codeStore, type CodeStore } from "../../shared/codes/code-store.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { codeLettersTo, staffActs } from "../../shared/limits/staff-limits.ts";
import { requestActivationCode } from "../../shared/mail/code-requests.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { isAccount, isInvited, type Registration } from "../../shared/store/user-items.ts";

type Deps = {
  people: Pick<PersonLookup, "find">;
  codes: Pick<CodeStore, "restartActivation">;
  invitations: Pick<InvitationStore, "renew">;
  limits: Pick<LimitStore, "spendAll">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

const sendInvitation = async (person: Registration, deps: Deps): Promise<"ordered" | "refused"> => {
  const otpRequestId = randomUUID();
  if ((await deps.invitations.renew(person, otpRequestId)) === "refused") return "refused";
  await deps.enqueueLetter({ kind: "invitation", addressKey: person.addressKey, otpRequestId });
  return "ordered";
};

/** Never sends an account a login code, which would replace the password at sign-in. */
export const sendCode = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.sendCode>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  if (isAccount(person)) requireUsable(person);
  const limits = [staffActs(actor.id), ...(await codeLettersTo(person, actor.id, deps.pseudonyms.ofMailbox))];
  requireWithin(await deps.limits.spendAll(limits), { userId: id });

  if (isAccount(person)) {
    const { addressKey } = person;
    await deps.enqueueLetter({ kind: "password_reset", addressKey, otpRequestId: randomUUID() });
  } else {
    const ordered = isInvited(person)
      ? await sendInvitation(person, deps)
      : await requestActivationCode(person, deps);
    if (ordered === "refused") throw new ApiError("not_found");
  }
  const event = isInvited(person) ? "invited" : "code_sent";
  deps.recordSecurityEvent(event, { userId: id, actorId: actor.id });
};

export const handler = await userEndpoint(contract.sendCode, sendCode, () => ({
  people: personLookup(),
  codes: codeStore(),
  invitations: invitationStore(),
  limits: limitStore(),
  pseudonyms,
  enqueueLetter,
  recordSecurityEvent,
}));
