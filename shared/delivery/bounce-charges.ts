import { recordSecurityEvent } from "../platform/security-log.ts";
import { allLettersStore } from "./all-letters-store.ts";
import { missingMailboxStore } from "./missing-mailbox-store.ts";
import { unprovenLetterStore, type UnprovenLetterStore } from "./unproven-letter-store.ts";

const defaults = () => ({
  missing: missingMailboxStore(),
  unproven: unprovenLetterStore(),
  allLetters: allLettersStore(),
  recordSecurityEvent,
});

export const bounceCharges = (deps = defaults()) => ({
  isStorm: async (domainKey: string | undefined): Promise<boolean> =>
    domainKey !== undefined && deps.missing.isStorm(domainKey),

  /** The id of the account leads an operator to the domain, which no log names. */
  countMissing: async (domainKey: string | undefined, userId: string): Promise<void> => {
    if (domainKey === undefined || (await deps.missing.count(domainKey)) === "counted") return;
    deps.recordSecurityEvent("bounces_at_one_domain", { userId });
  },

  chargeUnproven: async (to: Parameters<UnprovenLetterStore["chargeBounce"]>[0]): Promise<void> => {
    await deps.unproven.chargeBounce(to);
    if ((await deps.allLetters.chargeBounce()) === "stopped")
      deps.recordSecurityEvent("registrations_stopped", {});
  },
});

export type BounceCharges = ReturnType<typeof bounceCharges>;
