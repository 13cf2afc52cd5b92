import * as z from "zod";
import { choice, flag } from "../identity/text-rules.ts";
import { staffChanges } from "../attributes/attribute-schemas.ts";
import { staffActErrors, staffErrors, staffPasswordErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const admin = "/api/v1/admin";

export const listUsers = {
  name: "listUsers",
  method: "GET",
  path: `${admin}/users/`,
  caller: "staff",
  summary: "List accounts and registrations, newest first, or search them by email address or username",
  query: z.object({
    cursor: schemas.cursor.optional().meta({ description: "The `next` value of the previous page" }),
    limit: choice(["25", "50", "100"]).default("25"),
    state: choice(["active", "disabled", "pending", "staff"]).optional(),
    email: schemas
      .search(254)
      .optional()
      .meta({ description: "The beginning of an email address; its domain as shown or in ASCII (`xn--`)" }),
    username: schemas.search(150).optional().meta({ description: "The beginning of a username" }),
    id: schemas.search(100).optional().meta({ description: "A complete id" }),
    registered_after: schemas.instant
      .optional()
      .meta({ description: "`created` is this time or later. A time without an offset is UTC" }),
    registered_before: schemas.instant.optional().meta({ description: "`created` is earlier than this" }),
  }),
  success: {
    status: 200,
    body: z.object({
      results: z.array(schemas.adminUser),
      next: schemas.cursor.nullable().meta({
        description: "A cursor, if there may be more. A page can be shorter than `limit`, or empty",
      }),
      approximate_total: z.int().nullable().meta({
        description: "About how many there are; `null` with other filters than `state=staff`",
      }),
    }),
  },
  errors: [...staffErrors, "cursor_not_valid"],
} as const satisfies Operation;

export const getUser = {
  name: "getUser",
  method: "GET",
  path: `${admin}/users/{id}/`,
  caller: "staff",
  summary: "Get one account or registration",
  success: { status: 200, body: schemas.adminUser },
  errors: [...staffErrors, "not_found"],
} as const satisfies Operation;

export const updateUser = {
  name: "updateUser",
  method: "PATCH",
  path: `${admin}/users/{id}/`,
  caller: "staff",
  summary:
    "Change names, language, activation or staff rank (deactivation and a new rank require the administrator's own password)",
  body: z.object({
    username: schemas.username.optional(),
    ...staffChanges,
    is_active: flag.optional(),
    is_staff: flag.optional(),
    current_password: schemas.password.optional(),
  }),
  success: { status: 200, body: schemas.adminUser },
  errors: [...staffPasswordErrors, "not_yourself", "not_activated", "account_frozen"],
} as const satisfies Operation;

export const deleteUser = {
  name: "deleteUser",
  method: "DELETE",
  path: `${admin}/users/{id}/`,
  caller: "staff",
  summary: "Delete an account or a registration (requires the administrator's own password)",
  body: z.object({ current_password: schemas.password }),
  success: { status: 204 },
  errors: [...staffPasswordErrors, "not_yourself"],
} as const satisfies Operation;

export const sendCode = {
  name: "sendCode",
  method: "POST",
  path: `${admin}/users/{id}/send-code/`,
  caller: "staff",
  summary:
    "Email an activation code to a registration, a new code to an invited person, or a password reset code to an account; never a sign-in code, which would replace the password",
  success: { status: 204 },
  errors: [...staffActErrors, "deactivated", "account_frozen", "too_many_invitations", "too_many_letters"],
} as const satisfies Operation;

export const setUserEmail = {
  name: "setUserEmail",
  method: "POST",
  path: `${admin}/users/{id}/set-email/`,
  caller: "staff",
  summary:
    "Change a user's address (requires the administrator's own password); the new address gets a code, the old one a notice",
  body: z.object({
    new_email: schemas.newEmail,
    current_password: schemas.password,
    mailbox: choice(["reachable", "lost"]).default("reachable").meta({
      description:
        "`reachable`: the old address can undo the change for seven days. `lost`: the account is frozen at once, and the new address gets its code after 72 hours or when a second administrator confirms; no way back",
    }),
  }),
  success: { status: 204 },
  errors: [
    ...staffPasswordErrors,
    "not_activated",
    "deactivated",
    "account_frozen",
    "operator_needed",
    "too_many_address_moves",
    "too_many_letters",
  ],
} as const satisfies Operation;

export const confirmUserEmail = {
  name: "confirmUserEmail",
  method: "POST",
  path: `${admin}/users/{id}/set-email/confirm/`,
  caller: "staff",
  summary:
    "Confirm the change from a lost mailbox, as a second administrator or after 72 hours; the new address gets a code (requires the administrator's own password)",
  body: z.object({
    current_password: schemas.password,
    new_email: schemas.newEmail
      .optional()
      .meta({ description: "The address that the caller means to confirm; another one is refused" }),
  }),
  success: { status: 204 },
  errors: [
    ...staffPasswordErrors,
    "not_activated",
    "no_address_move",
    "second_administrator_needed",
    "operator_needed",
    "too_many_letters",
  ],
} as const satisfies Operation;

export const cancelUserEmail = {
  name: "cancelUserEmail",
  method: "DELETE",
  path: `${admin}/users/{id}/set-email/`,
  caller: "staff",
  summary: "Cancel the change from a lost mailbox and unfreeze the account",
  success: { status: 204 },
  errors: [...staffActErrors, "not_activated", "no_address_move"],
} as const satisfies Operation;

export const retryDelivery = {
  name: "retryDelivery",
  method: "POST",
  path: `${admin}/users/{id}/retry-delivery/`,
  caller: "staff",
  summary:
    "Try again to deliver letters to an account: forget its bounces and complaints, and take its address off SES's suppression list",
  success: { status: 204 },
  errors: [...staffActErrors, "not_activated"],
} as const satisfies Operation;

export const unlockUser = {
  name: "unlockUser",
  method: "POST",
  path: `${admin}/users/{id}/unlock/`,
  caller: "staff",
  summary: "Reset a person's counters of wrong passwords and codes",
  success: { status: 204 },
  errors: staffActErrors,
} as const satisfies Operation;

export const listUserSessions = {
  name: "listUserSessions",
  method: "GET",
  path: `${admin}/users/{id}/sessions/`,
  caller: "staff",
  summary: "List a person's active sessions",
  success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
  errors: [...staffErrors, "not_found"],
} as const satisfies Operation;

export const endUserSessions = {
  name: "endUserSessions",
  method: "DELETE",
  path: `${admin}/users/{id}/sessions/`,
  caller: "staff",
  summary: "End all sessions of a person immediately",
  success: { status: 204 },
  errors: staffActErrors,
} as const satisfies Operation;
