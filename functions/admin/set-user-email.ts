import { randomUUID } from "node:crypto";
import { addressChangeStore, type AddressChangeStore } from "../../shared/accounts/address-change-store.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import { contract } from "../../shared/contract/contract.ts";
import { ApiError, FieldErrors } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { addressChangeLettersTo } from "../../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = CurrentPasswordDeps & {
  people: Pick<PersonLookup, "find">;
  changes: Pick<AddressChangeStore, "start">;
  limits: Pick<LimitStore, "spend" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox">;
  authorityOver: typeof authorityOver;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

type Asked = UserCall<typeof contract.setUserEmail>;

/** Asks for the administrator's password: the owner of the new address controls the account. */
export const setUserEmail = async (call: Asked, deps: Deps): Promise<void> => {
  const { body, user: actor, parameters } = call;
  const { new_email: email, current_password: password } = body;
  const account = await requireAccount(parameters.id, actor, deps);
  if (account.status === "disabled") throw new ApiError("deactivated");
  await requireCurrentPassword(actor, password, deps);
  const addressKey = await deps.pseudonyms.ofAddress(email);
  if (addressKey === account.addressKey)
    throw new FieldErrors({ new_email: ["This is the account's address already."] });
  const mailbox = await deps.pseudonyms.ofMailbox(email);
  requireWithin(await deps.limits.spend(addressChangeLettersTo(mailbox)));

  const otpRequestId = randomUUID();
  const change = { email, addressKey, otpRequestId, byStaff: true };
  const started = await deps.changes.start(account, change, deps.authorityOver(actor, account));
  if (started === "changed_meanwhile" && account !== actor) return setUserEmail(call, deps);
  if (started !== "started") throw new ApiError("permission_denied");
  deps.recordSecurityEvent("email_change_started", { userId: account.id, actorId: actor.id });
  await deps.enqueueLetter({ kind: "email_change", userId: account.id, otpRequestId });
};

export const handler = userEndpoint(contract.setUserEmail, setUserEmail, () => ({
  people: personLookup(),
  changes: addressChangeStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
}));
