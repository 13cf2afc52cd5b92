import * as z from "zod";
import { allAttributes } from "../attributes/attribute-schemas.ts";
import { delivery } from "./delivery-schema.ts";
import { session, user } from "./schemas.ts";

const time = z.iso.datetime().meta({ examples: ["2026-11-22T20:15:00.000Z"] });
const address = z.string().meta({ examples: ["ada@example.com"] });

export const eventTypes = [
  "user.created",
  "user.updated",
  "user.email_changed",
  "user.disabled",
  "user.enabled",
  "user.deleted",
  "user.rank_changed",
  "password.changed",
] as const;

const happened = {
  id: z.string().meta({ examples: ["evt_2b1f0c7a9d3e4f5061728394a5b6c7d8"] }),
  type: z.enum(eventTypes),
  time,
};
const unknownActor = "`null` if it is not known";

export const ownActivity = z.object({
  ...happened,
  by: z
    .enum(["you", "an administrator", "an operator", "the service"])
    .nullable()
    .meta({ description: unknownActor }),
});

export const personActivity = z.object({
  ...happened,
  by: z.enum(["person", "staff", "operator", "service"]).nullable().meta({ description: unknownActor }),
  actor_id: z.string().nullable().meta({ description: "The id of the administrator" }),
});

export const counted = [
  "activation_codes_tried",
  "sign_in_codes_tried",
  "passwords_tried",
  "activation_codes_tried_on_known_devices",
  "sign_in_codes_tried_on_known_devices",
  "passwords_tried_on_known_devices",
  "current_password_tried",
  "letters_asked_for",
  "reset_letters_asked_for",
  "registration_reset_letters_asked_for",
  "sign_in_letters_asked_for",
  "sign_in_letters_asked_for_on_known_devices",
  "address_change_letters_asked_for",
  "address_change_letters_asked_for_by_staff",
  "invitation_letters_asked_for_by_staff",
  "address_changes_asked_for",
  "password_changes_asked_for",
  "username_changes_asked_for",
] as const;
export type Counted = (typeof counted)[number];

const counter = z.object({
  counts: z.enum(counted),
  window_seconds: z
    .int()
    .nullable()
    .meta({ description: "`null` if consecutive failures since the last success are counted" }),
  from: time.nullable().meta({ description: "Start of the window" }),
  number: z.int(),
});

const waitingCode = z.object({ purpose: z.enum(["sign_in", "password_reset"]), until: time });

export const personalData = z
  .object({
    exported: time,
    user: user.extend(allAttributes),
    created: time,
    last_sign_in: time.nullable(),
    state: z.enum(["active", "disabled"]),
    is_staff: z.boolean(),
    password: z.object({
      hash: z.string().meta({ description: "The algorithm of the stored hash", examples: ["argon2id"] }),
    }),
    sessions: z.array(session),
    waiting_codes: z.array(waitingCode),
    address_change: z.object({ new_email: address, until: time }).nullable(),
    earlier_address: z
      .object({ email: address, until: time })
      .nullable()
      .meta({ description: "The earlier address, which the account can still return to" }),
    undone_address: z.object({ email: address, until: time }).nullable().meta({
      description: "The address of an undone change, stored until it has received a notice of that",
    }),
    registration: z
      .object({ created: time, until: time })
      .nullable()
      .meta({ description: "A later registration with the same address" }),
    delivery,
    activity: z.array(ownActivity).meta({ description: "What happened to the account, newest first" }),
    counters: z.array(counter),
    not_held: z.array(z.string()).meta({ description: "Data that this export doesn't contain, and why" }),
  })
  .meta({ id: "PersonalData" });
