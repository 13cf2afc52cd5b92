import { randomUUID } from "node:crypto";
import { profileIn } from "../../shared/accounts/user-fields.ts";
import { invitationStore, type InvitationStore } from "../../shared/admin/invitation-store.ts";
import { shownPerson } from "../../shared/admin/person-fields.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/account-operations.ts";
import { ApiError, emailTaken, FieldErrors, usernameTaken } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { invitationLettersTo } from "../../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { invitationsOf } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = {
  invitations: Pick<InvitationStore, "invite">;
  limits: Pick<LimitStore, "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox">;
  authorityOver: typeof authorityOver;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

const noAccount = { id: "" };

const taken = {
  address_taken: { email: [emailTaken] },
  username_taken: { username: [usernameTaken] },
};

/** An invited person has no rank. Administrators may know which addresses are taken. */
export const inviteUser = async (
  { body: { email, ...profile }, user: actor }: UserCall<typeof contract.inviteUser>,
  deps: Deps,
) => {
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const letters = invitationLettersTo(await deps.pseudonyms.ofMailbox(email));
  requireWithin(await deps.limits.spendAll([invitationsOf(actor.id), letters]));
  const inviteRequestId = randomUUID();
  const order = { email, addressKey, invitedBy: actor.id, inviteRequestId, profile: profileIn(profile) };
  const invited = await deps.invitations.invite(order, deps.authorityOver(actor, noAccount));
  if (typeof invited === "string") {
    await deps.limits.giveBack(letters);
    throw invited === "along_refused" ? new ApiError("permission_denied") : new FieldErrors(taken[invited]);
  }
  await deps.enqueueLetter({ kind: "invitation", addressKey, otpRequestId: inviteRequestId });
  deps.recordSecurityEvent("invited", { userId: invited.id, actorId: actor.id });
  return shownPerson(invited, undefined);
};

export const handler = await userEndpoint(contract.inviteUser, inviteUser, () => ({
  invitations: invitationStore(),
  limits: limitStore(),
  pseudonyms,
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
}));
