import { randomUUID } from "node:crypto";
import { contract } from "../shared/contract.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { ApiError } from "../shared/errors.ts";
import { addressKey, networkKey, resetMailboxKey } from "../shared/keys.ts";
import { unprovenLetter } from "../shared/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits.ts";
import { enqueueLetter } from "../shared/mail-queue.ts";

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
