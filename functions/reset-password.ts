import { randomUUID } from "node:crypto";
import * as contract from "../shared/contract/password-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { isOtherSpelling } from "../shared/identity/email-address.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { resetChallenge, spendToldLimits } from "../shared/limits/challenge.ts";
import { lettersFrom, resetLettersTo, spendMailbox } from "../shared/limits/letter-limits.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";

type Deps = {
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox" | "ofNetwork">;
  enqueueLetter: typeof enqueueLetter;
};

/** Only the mailer looks up the address, so response times don't reveal whether it is known. */
export const resetPassword = async (
  { body: { email, challenge_token: token }, sourceIp }: Call<typeof contract.resetPassword>,
  deps: Deps,
): Promise<void> => {
  const { ofAddress, ofMailbox, ofNetwork } = deps.pseudonyms;
  const addressKey = await ofAddress(email);
  const told = [lettersFrom("reset", await ofNetwork(sourceIp))];
  const letter = { told, mailbox: resetLettersTo(addressKey) };
  await spendToldLimits(letter, resetChallenge(token), deps.limits);
  if ((await spendMailbox(letter, deps.limits)) === "covered") return;
  const spellingOf = isOtherSpelling(email) ? await ofMailbox(email) : undefined;
  await deps.enqueueLetter({
    kind: "password_reset",
    addressKey,
    otpRequestId: randomUUID(),
    ...(spellingOf && { spellingOf }),
  });
};

export const handler = await endpoint(contract.resetPassword, resetPassword, () => ({
  limits: limitStore(),
  pseudonyms,
  enqueueLetter,
}));
