import { randomUUID } from "node:crypto";
import { addressChangeStore, type AddressChangeStore } from "../shared/accounts/address-change-store.ts";
import * as contract from "../shared/contract/address-operations.ts";
import { ApiError, FieldErrors } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { addressChangeLettersTo, addressChangesOf, lettersFrom } from "../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../shared/passwords/current-password.ts";
import { passwordHasher } from "../shared/passwords/password-hash.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { opensUndo } from "../shared/store/address-items.ts";

type Deps = CurrentPasswordDeps & {
  changes: Pick<AddressChangeStore, "start">;
  limits: Pick<LimitStore, "spendAll">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox" | "ofNetwork">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
};

/**
 * Doesn't reveal whether the address is taken: the mailer checks it and informs its owner instead.
 * A second change is refused while the first can be undone, because it would get no undo code.
 */
export const setEmail = async ({ body, user, sourceIp }: UserCall<typeof contract.setEmail>, deps: Deps) => {
  const { new_email: email, current_password: password } = body;
  await requireCurrentPassword(user, password, deps);
  const now = deps.nowSeconds();
  if (!opensUndo(user, now))
    throw new ApiError("too_many_address_changes", { retryAfterSeconds: (user.undoUntil ?? now) - now });
  const { ofAddress, ofMailbox, ofNetwork } = deps.pseudonyms;
  const addressKey = await ofAddress(email);
  if (addressKey === user.addressKey)
    throw new FieldErrors({ new_email: ["This is the account's address already."] });
  const limits = [
    addressChangesOf(user.id),
    addressChangeLettersTo(await ofMailbox(email)),
    lettersFrom("addressChange", await ofNetwork(sourceIp)),
  ];
  requireWithin(await deps.limits.spendAll(limits));

  const otpRequestId = randomUUID();
  const started = await deps.changes.start(user, { email, addressKey, otpRequestId, byStaff: false });
  // The session has ended, or another request has changed the address.
  if (started !== "started") throw new ApiError("token_not_valid");
  deps.recordSecurityEvent("email_change_started", { userId: user.id });
  await deps.enqueueLetter({ kind: "email_change", userId: user.id, otpRequestId });
};

export const handler = await userEndpoint(contract.setEmail, setEmail, () => ({
  changes: addressChangeStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
