import { randomUUID } from "node:crypto";
import { addressChangeStore, type AddressChangeStore } from "../shared/accounts/address-change-store.ts";
import { opensUndo } from "../shared/store/address-items.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { contract } from "../shared/contract/contract.ts";
import { requireCurrentPassword, type PasswordDeps } from "../shared/passwords/current-password.ts";
import { ApiError, FieldErrors } from "../shared/contract/errors.ts";
import { addressKey, mailboxKey, networkKey } from "../shared/identity/pseudonyms.ts";
import { addressChangesOf, unprovenLetter } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { verifyPassword } from "../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";

type Deps = PasswordDeps & {
  changes: Pick<AddressChangeStore, "start">;
  limits: Pick<LimitStore, "spendAll">;
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  networkKey: typeof networkKey;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
};

/**
 * Asks for another address, which counts once its code came back. Whether it is taken is not looked at: the mailer finds out,
 * and tells its owner instead. One change at a time: only the address that the first one left can undo it, so a second would take
 * the account from a mailbox that has no way back.
 */
export const setEmail = async ({ body, user, sourceIp }: UserCall<typeof contract.setEmail>, deps: Deps) => {
  const { new_email: email, current_password: password } = body;
  await requireCurrentPassword(user, password, deps);
  const now = deps.nowSeconds();
  if (!opensUndo(user, now))
    throw new ApiError("too_many_address_changes", { retryAfterSeconds: (user.undoUntil ?? now) - now });
  const key = await deps.addressKey(email);
  if (key === user.addressKey)
    throw new FieldErrors({ new_email: ["This is the account's address already."] });
  const letter = unprovenLetter(await deps.mailboxKey(email), await deps.networkKey(sourceIp));
  const spent = await deps.limits.spendAll([...letter, addressChangesOf(user.id)]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const otpRequestId = randomUUID();
  const started = await deps.changes.start(user, { email, addressKey: key, otpRequestId, byStaff: false });
  if (started !== "started") throw new ApiError("token_not_valid");
  deps.recordSecurityEvent("email_change_started", { userId: user.id });
  await deps.enqueueLetter({ kind: "email_change", userId: user.id, otpRequestId });
};

export const handler = userEndpoint(contract.setEmail, setEmail, () => ({
  changes: addressChangeStore(),
  limits: limitStore(),
  addressKey,
  mailboxKey,
  networkKey,
  verifyPassword,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
