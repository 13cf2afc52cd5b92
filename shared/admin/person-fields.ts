import * as z from "zod";
import { profileIn, shownAttributes, shownUser } from "../accounts/user-fields.ts";
import type { Changes } from "../accounts/user-update-store.ts";
import { shownDelivery, type Delivery, type DeliveryStore } from "../delivery/delivery-store.ts";
import { storedAttributes } from "../attributes/stored-attributes.ts";
import { isoTime } from "../platform/clock.ts";
import type { listedAttributes, PersonState } from "../store/list-indexes.ts";
import { addressMoveItem, type User } from "../store/user-items.ts";

export const listedPerson = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  addressKey: z.string(),
  ...storedAttributes,
  status: z.enum(["active", "disabled"]).optional().catch("disabled"),
  isStaff: z.boolean().optional(),
  createdAt: z.int(),
  expiresAt: z.int().optional(),
  addressMove: addressMoveItem.optional().catch(undefined),
  invitedBy: z.string().optional(),
  lastSignInAt: z.int().optional(),
} satisfies Record<(typeof listedAttributes)[number], z.ZodType>);
export type ListedPerson = z.output<typeof listedPerson>;

export const stateOf = ({ status }: Pick<ListedPerson, "status">): PersonState => status ?? "pending";

const shownMove = ({ addressMove: move }: ListedPerson) =>
  move
    ? {
        new_email: move.email,
        started_by: move.startedBy ?? null,
        due: isoTime(move.dueAt),
        confirmed: move.confirmation !== undefined,
      }
    : null;

export const shownPerson = (person: ListedPerson, delivery: Delivery | undefined) => {
  const state = stateOf(person);
  return {
    ...shownUser(person),
    ...shownAttributes(person),
    state,
    is_active: state === "active",
    is_staff: person.isStaff ?? false,
    invited: person.invitedBy !== undefined,
    created: isoTime(person.createdAt),
    last_sign_in: person.lastSignInAt === undefined ? null : isoTime(person.lastSignInAt),
    address_move: shownMove(person),
    delivery: state === "pending" ? null : shownDelivery(delivery),
  };
};

export const shownPeople = async (
  people: readonly ListedPerson[],
  { deliveries }: { deliveries: Pick<DeliveryStore, "findAll"> },
) => {
  const accounts = people.filter((person) => stateOf(person) !== "pending");
  const found = await deliveries.findAll(accounts.map(({ addressKey }) => addressKey));
  return people.map((person) => shownPerson(person, found.get(person.addressKey)));
};

type ChangesBody = Parameters<typeof profileIn>[0] & {
  is_active?: boolean | undefined;
  is_staff?: boolean | undefined;
};

/**
 * Drops an unchanged state or rank. Otherwise it would be written without the password check and
 * could overwrite a concurrent change.
 */
export const changesIn = (body: ChangesBody, { status, isStaff }: User): Changes => ({
  ...profileIn(body),
  ...(body.is_active !== undefined &&
    body.is_active !== (status === "active") && { status: body.is_active ? "active" : "disabled" }),
  ...(body.is_staff !== undefined && body.is_staff !== isStaff && { isStaff: body.is_staff }),
});
