import { randomUUID } from "node:crypto";
import { contract } from "../shared/contract/contract.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { unprovenLetter } from "../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";

type Deps = {
  limits: Pick<LimitStore, "spendAll">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "ofResetMailbox">;
  enqueueLetter: typeof enqueueLetter;
};

/** Only the mailer looks up the address, so response times don't reveal whether it is known. */
export const resetPassword = async (
  { body: { email }, sourceIp }: Call<typeof contract.resetPassword>,
  deps: Deps,
): Promise<void> => {
  const { ofAddress, ofNetwork, ofResetMailbox } = deps.pseudonyms;
  const letter = unprovenLetter(await ofResetMailbox(email), await ofNetwork(sourceIp));
  requireWithin(await deps.limits.spendAll(letter));
  await deps.enqueueLetter({
    kind: "password_reset",
    addressKey: await ofAddress(email),
    otpRequestId: randomUUID(),
  });
};

export const handler = endpoint(contract.resetPassword, resetPassword, () => ({
  limits: limitStore(),
  pseudonyms,
  enqueueLetter,
}));
