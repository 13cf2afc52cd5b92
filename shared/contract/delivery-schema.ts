import * as z from "zod";

export const deliveryStates = ["fine", "undeliverable", "complained", "suppressed"] as const;
export const deliveryReasons = [
  "no_such_mailbox",
  "mailbox_full",
  "message_refused",
  "refused",
  "complaint",
  "suppression_list",
] as const;

/** Only for the person and for staff: it says of an address whether its mailbox exists. */
export const delivery = z
  .object({
    state: z.enum(deliveryStates).meta({
      description:
        "`undeliverable`: a letter came back. `complained`: a letter was reported as spam. `suppressed`: SES has the address on its suppression list and sends it nothing",
    }),
    reason: z.enum(deliveryReasons).nullable(),
    at: z.iso
      .datetime()
      .nullable()
      .meta({ examples: ["2026-11-22T20:15:00.000Z"] }),
  })
  .meta({ id: "Delivery", description: "Whether letters to this address arrive" });
