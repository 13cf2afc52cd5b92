import { domainOf } from "../identity/email-address.ts";
import { nowSeconds } from "../platform/clock.ts";
import { deliveryStore, stopBeganAt, type Delivery } from "./delivery-store.ts";
import { mailExchange } from "./mail-exchange.ts";
import { missingMailboxStore } from "./missing-mailbox-store.ts";
import { unprovenLetterStore } from "./unproven-letter-store.ts";

const defaults = () => ({
  deliveries: deliveryStore(),
  missing: missingMailboxStore(),
  unproven: unprovenLetterStore(),
  exchange: mailExchange(),
  nowSeconds,
});

type To = {
  email: string;
  addressKey: string;
  /** Only of an unproven letter. */
  domainKey?: string | undefined;
};

export const letterStops = (deps = defaults()) => {
  const isStopped = async (delivery: Delivery): Promise<boolean> => {
    const { stoppedUntil, domainKey } = delivery;
    if (stoppedUntil <= deps.nowSeconds()) return false;
    return domainKey === undefined || !(await deps.missing.isStorm(domainKey, stopBeganAt(delivery)));
  };

  return {
    /** Why the letter must not leave. Otherwise it is counted, if it is unproven. */
    holdBack: async ({ email, addressKey, domainKey }: To): Promise<false | "no_mailbox" | "stopped"> => {
      const delivery = await deps.deliveries.find(addressKey);
      if (delivery && (await isStopped(delivery))) return "no_mailbox";
      if (domainKey === undefined) return false;
      if (!(await deps.exchange.takesMail(domainOf(email)))) return "stopped";
      return (await deps.unproven.countLetter(domainKey)) === "stopped" && "stopped";
    },
  };
};

export type LetterStops = ReturnType<typeof letterStops>;
