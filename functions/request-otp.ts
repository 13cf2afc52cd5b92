import { addressLookup, type AddressLookup } from "../shared/accounts/address-lookup.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeStore, type CodeStore } from "../shared/codes/code-store.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens } from "../shared/limits/device-tokens.ts";
import { wrongPassword } from "../shared/limits/guess-limits.ts";
import { guessSubject, type GuessDeps } from "../shared/limits/guess-subject.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { orderActivationCode, orderSignInCode } from "../shared/mail/code-requests.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordProof, type PasswordProof } from "../shared/passwords/password-proof.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { isAccount } from "../shared/store/user-items.ts";

type Deps = GuessDeps & {
  addresses: AddressLookup;
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "restartLogin" | "restartActivation">;
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  pseudonyms: Pseudonyms;
  passwords: PasswordProof;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Known and unknown addresses cost the same reads. The refusal floor hides a second hash. */
export const requestOtp = async (call: Call<typeof contract.requestOtp>, deps: Deps) => {
  const { email, password } = call.body;
  const proof = deps.passwords.begin();
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const { subject, networkLimits } = await guessSubject(addressKey, call, deps);
  const guess = wrongPassword(subject);
  const [spent, { accountId, registration }] = await Promise.all([
    deps.limits.spendAll([guess, ...networkLimits]),
    deps.addresses.findByAddress(addressKey),
  ]);
  const userId = accountId ?? registration?.id ?? decoyId;
  requireWithin(spent, { userId });

  const user = await deps.users.find(accountId ?? decoyId);
  const person = await proof.prove(password, user, registration);
  if (person === undefined) throw new ApiError("no_active_account", { userId });
  const ordered = isAccount(person)
    ? await orderSignInCode(person, { password, subject, guess }, deps)
    : await orderActivationCode(person, { sourceIp: call.sourceIp, guess }, deps);
  if (ordered === "refused") throw new ApiError("no_active_account", { userId });
  if (ordered === "ordered") deps.recordSecurityEvent("code_sent", { userId: person.id });
  return { detail: "OTP successfully sent by email" };
};

export const handler = await endpoint(contract.requestOtp, requestOtp, () => ({
  addresses: addressLookup(),
  users: userStore(),
  codes: codeStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  passwords: passwordProof(),
  enqueueLetter,
  recordSecurityEvent,
}));
