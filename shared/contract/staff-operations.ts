import * as z from "zod";
import { staffErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const admin = "/api/v1/admin";

export const staffOperations = {
  listUsers: {
    method: "GET",
    path: `${admin}/users/`,
    caller: "staff",
    summary: "List accounts and registrations, newest first, or search them by email address or username",
    query: z.object({
      cursor: z.string().optional().meta({ description: "The `next` value of the previous page" }),
      limit: schemas.choice(["25", "50", "100"]).default("25"),
      state: schemas.choice(["active", "disabled", "pending", "staff"]).optional(),
      email: schemas.search(254).optional().meta({ description: "The beginning of an email address" }),
      username: schemas.search(150).optional().meta({ description: "A complete username" }),
    }),
    success: {
      status: 200,
      body: z.object({ results: z.array(schemas.adminUser), next: z.string().nullable() }),
    },
    errors: [...staffErrors, "cursor_not_valid"],
  },
  getUser: {
    method: "GET",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary: "Get one account or registration",
    success: { status: 200, body: schemas.adminUser },
    errors: [...staffErrors, "not_found"],
  },
  updateUser: {
    method: "PATCH",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary: "Change names, activation or staff rank (a new rank requires the administrator's own password)",
    body: z.object({
      username: schemas.username.optional(),
      first_name: schemas.firstName.optional(),
      last_name: schemas.lastName.optional(),
      is_active: schemas.flag.optional(),
      is_staff: schemas.flag.optional(),
      current_password: schemas.password.optional(),
    }),
    success: { status: 200, body: schemas.adminUser },
    errors: [...staffErrors, "not_found", "not_yourself", "not_activated", "too_many_password_guesses"],
  },
  deleteUser: {
    method: "DELETE",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary: "Delete an account or a registration",
    success: { status: 204 },
    errors: [...staffErrors, "not_found", "not_yourself"],
  },
  sendCode: {
    method: "POST",
    path: `${admin}/users/{id}/send-code/`,
    caller: "staff",
    summary:
      "Email an activation code to a registration, or a password reset code to an account; never a sign-in code, which would replace the password",
    success: { status: 204 },
    errors: [...staffErrors, "not_found", "deactivated", "too_many_letters"],
  },
  setUserEmail: {
    method: "POST",
    path: `${admin}/users/{id}/set-email/`,
    caller: "staff",
    summary:
      "Change the address of a user who lost their mailbox; the new address gets a code, the old one a notice (requires the administrator's own password)",
    body: z.object({ new_email: schemas.newEmail, current_password: schemas.password }),
    success: { status: 204 },
    errors: [
      ...staffErrors,
      "not_found",
      "not_activated",
      "deactivated",
      "too_many_password_guesses",
      "too_many_letters",
    ],
  },
  unlockUser: {
    method: "POST",
    path: `${admin}/users/{id}/unlock/`,
    caller: "staff",
    summary: "Reset a person's counters of wrong passwords and codes",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
  listUserSessions: {
    method: "GET",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "List a person's active sessions",
    success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
    errors: [...staffErrors, "not_found"],
  },
  endUserSessions: {
    method: "DELETE",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "End all sessions of a person immediately",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
} as const satisfies Record<string, Operation>;
