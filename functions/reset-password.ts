import { randomUUID } from "node:crypto";
import { contract } from "../shared/contract/contract.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { addressKey, networkKey, resetMailboxKey } from "../shared/identity/pseudonyms.ts";
import { unprovenLetter } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";

type Deps = {
  limits: Pick<LimitStore, "spendAll">;
  addressKey: typeof addressKey;
  networkKey: typeof networkKey;
  resetMailboxKey: typeof resetMailboxKey;
  enqueueLetter: typeof enqueueLetter;
};

/** Asks for the letter to a lost password. Nothing is looked up: whether there is anybody to write to, the mailer finds out. */
export const resetPassword = async (
  { body: { email }, sourceIp }: Call<typeof contract.resetPassword>,
  deps: Deps,
): Promise<void> => {
  const limits = unprovenLetter(await deps.resetMailboxKey(email), await deps.networkKey(sourceIp));
  const spent = await deps.limits.spendAll(limits);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);
  await deps.enqueueLetter({
    kind: "password_reset",
    addressKey: await deps.addressKey(email),
    otpRequestId: randomUUID(),
  });
};

export const handler = endpoint(contract.resetPassword, resetPassword, () => ({
  limits: limitStore(),
  addressKey,
  networkKey,
  resetMailboxKey,
  enqueueLetter,
}));
