// The newest event of a mailbox wins, so repeats, lateness and disorder do no harm. The next one
// makes up for a lost one.
import * as z from "zod";
import { deliveryReasons, deliveryStates } from "../contract/delivery-schema.ts";
import { day, hour, isoTime, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, readItem } from "../store/dynamo.ts";
import { keyOf } from "../store/item-kinds.ts";
import type { Verdict } from "./feedback-verdict.ts";

export const deliveryPk = (addressKey: string): string => keyOf("delivery", addressKey);

const deliveryItem = z.object({
  /** Of a state that a later version has added, this one only knows that it isn't fine. */
  state: z.enum(deliveryStates).catch("undeliverable"),
  reason: z.enum(deliveryReasons).optional().catch(undefined),
  atMilliseconds: z.int(),
  /** Letters that were sent before an administrator tried again are no longer heard of. */
  liftedAtMilliseconds: z.int().optional(),
  stops: z.int().default(0),
  stoppedUntil: z.int().default(0),
  domainKey: z.string().optional(),
  expiresAt: z.int(),
});
export type Delivery = z.output<typeof deliveryItem>;

export type DeliveryEvent = Pick<Verdict, "state" | "reason"> & {
  atMilliseconds: number;
  sentAtMilliseconds: number;
  stops: boolean;
  domainKey?: string | undefined;
};

const keptSeconds = 90 * day;
const stopSeconds = [hour, day, 7 * day];
const longestStop = 7 * day;
const lengthOfStop = (stops: number): number => stopSeconds[stops - 1] ?? longestStop;

export const stopBeganAt = ({ stops, stoppedUntil }: Delivery): number => stoppedUntil - lengthOfStop(stops);

const isOld = ({ atMilliseconds, liftedAtMilliseconds = 0 }: Delivery, event: DeliveryEvent): boolean =>
  event.atMilliseconds <= atMilliseconds || event.sentAtMilliseconds <= liftedAtMilliseconds;

/** Letters that were under way when a stop began, and notices during it, prolong nothing. */
const afterEvent = (earlier: Delivery | undefined, event: DeliveryEvent): Delivery => {
  const { state, reason, atMilliseconds, sentAtMilliseconds } = event;
  const at = Math.floor(atMilliseconds / 1000);
  const { stops = 0, stoppedUntil = 0, liftedAtMilliseconds } = earlier ?? {};
  const stopsAgain = event.stops && sentAtMilliseconds >= stoppedUntil * 1000;
  return {
    state,
    reason,
    atMilliseconds,
    liftedAtMilliseconds,
    stops: stopsAgain ? stops + 1 : stops,
    stoppedUntil: stopsAgain ? at + lengthOfStop(stops + 1) : stoppedUntil,
    domainKey: event.domainKey ?? earlier?.domainKey,
    expiresAt: at + keptSeconds,
  };
};

export const storedDelivery = (item: Item | undefined, now: number): Delivery | undefined => {
  const delivery = item && deliveryItem.parse(item);
  return delivery && delivery.expiresAt > now ? delivery : undefined;
};

export const shownDelivery = (delivery: Delivery | undefined) => ({
  state: delivery?.state ?? "fine",
  reason: delivery?.reason ?? null,
  at: delivery ? isoTime(delivery.atMilliseconds / 1000) : null,
});

export const deliveryStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const alive = (item: Item | undefined) => storedDelivery(item, clock());

  /** `seen` is the stored item that an earlier attempt has met. */
  const note = async (
    addressKey: string,
    event: DeliveryEvent,
    seen?: Item,
  ): Promise<"stopped" | "noted" | "known"> => {
    const earlier = alive(seen);
    if (earlier && isOld(earlier, event)) return "known";
    const next = afterEvent(earlier, event);
    const { refused, item } = await conditionalWrite({
      Put: {
        TableName: table,
        Item: { pk: deliveryPk(addressKey), ...next },
        ...(seen
          ? {
              ConditionExpression: "atMilliseconds = :seen",
              ExpressionAttributeValues: { ":seen": seen["atMilliseconds"] },
            }
          : { ConditionExpression: "attribute_not_exists(pk)" }),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
    if (refused) return note(addressKey, event, item);
    return next.stops > (earlier?.stops ?? 0) ? "stopped" : "noted";
  };

  return {
    find: async (addressKey: string): Promise<Delivery | undefined> =>
      alive(await readItem(table, deliveryPk(addressKey))),

    findAll: async (addressKeys: readonly string[]): Promise<ReadonlyMap<string, Delivery>> => {
      if (addressKeys.length === 0) return new Map();
      const pks = new Map(addressKeys.map((addressKey) => [deliveryPk(addressKey), addressKey]));
      const keys = [...pks.keys()].map((pk) => ({ pk }));
      const { [table]: items = [] } = await batchRead({ [table]: keys }, { consistent: false });
      const found = new Map<string, Delivery>();
      for (const item of items) {
        const [addressKey, delivery] = [pks.get(String(item["pk"])), alive(item)];
        if (addressKey !== undefined && delivery) found.set(addressKey, delivery);
      }
      return found;
    },

    note: (addressKey: string, event: DeliveryEvent) => note(addressKey, event),

    /** Stays in place of the state, so that late events of earlier letters don't bring it back. */
    lift: async (addressKey: string): Promise<void> => {
      const now = clock();
      const at = now * 1000 + 999;
      const lifted: Delivery = {
        state: "fine",
        atMilliseconds: at,
        liftedAtMilliseconds: at,
        stops: 0,
        stoppedUntil: 0,
        expiresAt: now + keptSeconds,
      };
      await conditionalWrite({
        Put: { TableName: table, Item: { pk: deliveryPk(addressKey), ...lifted } },
      });
    },
  };
};

export type DeliveryStore = ReturnType<typeof deliveryStore>;
