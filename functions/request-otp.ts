import { addressLookup, type AddressLookup } from "../shared/accounts/address-lookup.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeStore, type CodeStore } from "../shared/codes/code-store.ts";
import { contract } from "../shared/contract/contract.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens } from "../shared/limits/device-tokens.ts";
import { passwordGuess, rightPassword, wrongPassword } from "../shared/limits/guess-limits.ts";
import { guessSubject, type GuessDeps } from "../shared/limits/guess-subject.ts";
import { unprovenLetter } from "../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { requestActivationCode, requestLoginCode } from "../shared/mail/code-requests.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordProof, type PasswordProof } from "../shared/passwords/password-proof.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { isAccount } from "../shared/store/user-items.ts";

type Deps = GuessDeps & {
  addresses: AddressLookup;
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "restartLogin" | "restartActivation">;
  limits: Pick<LimitStore, "spendAll" | "giveBack">;
  pseudonyms: Pseudonyms;
  passwords: PasswordProof;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Known and unknown addresses cost the same reads. The refusal floor can hide a second hash. */
export const requestOtp = async (call: Call<typeof contract.requestOtp>, deps: Deps) => {
  const { email, password } = call.body;
  const proof = deps.passwords.begin();
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const { subject, networkLimits } = await guessSubject(addressKey, call, deps);
  const [guessed, { accountId, registration }] = await Promise.all([
    deps.limits.spendAll([passwordGuess(subject), ...networkLimits]),
    deps.addresses.findByAddress(addressKey),
  ]);
  const userId = accountId ?? registration?.id ?? decoyId;
  requireWithin(guessed, { userId });

  const user = await deps.users.find(accountId ?? decoyId);
  const person = await proof.prove(password, user, registration);
  const wasRight = () => deps.limits.giveBack(wrongPassword(subject));
  let requested = false;
  if (person && isAccount(person)) {
    const passwordHash = await deps.passwords.upgrade(person, password);
    requested = await requestLoginCode(person, passwordHash, wasRight, deps);
  } else if (person) {
    const { ofMailbox, ofNetwork } = deps.pseudonyms;
    const letters = unprovenLetter(await ofMailbox(email), await ofNetwork(call.sourceIp));
    // The limit comes first: if no new letter is sent, the older code must stay valid.
    const [letter] = await Promise.all([deps.limits.spendAll(letters), wasRight()]);
    requireWithin(letter, { userId });
    requested = await requestActivationCode(person, deps);
  }
  if (person && requested) {
    deps.recordSecurityEvent("code_sent", { userId: person.id });
    return { detail: "OTP successfully sent by email" };
  }
  await deps.limits.giveBack(rightPassword(subject));
  throw new ApiError("no_active_account", { userId });
};

export const handler = endpoint(contract.requestOtp, requestOtp, () => ({
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
