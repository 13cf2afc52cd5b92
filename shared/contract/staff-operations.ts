/** The operations for staff: a part of the contract. */
import * as z from "zod";
import { staffErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const admin = "/api/v1/admin";

/** Of the limits on letters those that hold for the staff too. */
const staffLetterErrors = ["too_many_letters", "letter_budget_spent"] as const;

export const staffOperations = {
  listUsers: {
    method: "GET",
    path: `${admin}/users/`,
    caller: "staff",
    summary:
      "List accounts and registrations, the newest first, or those whose address or username is searched",
    query: z.object({
      cursor: z.string().optional().meta({ description: "`next` of the page before" }),
      limit: schemas.choice(["25", "50", "100"]).default("25"),
      state: schemas.choice(["active", "disabled", "pending", "staff"]).optional(),
      email: schemas.search(254).optional().meta({ description: "Beginning of an address" }),
      username: schemas.search(150).optional().meta({ description: "A whole username" }),
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
    summary: "Read one account or registration",
    success: { status: 200, body: schemas.adminUser },
    errors: [...staffErrors, "not_found"],
  },
  updateUser: {
    method: "PATCH",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary:
      "Change names, activate or deactivate, make staff or not (asks for the administrator's own password)",
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
      "Send a registration a new activation code, an account a reset letter; never a login code, which would stand in for the password",
    success: { status: 204 },
    errors: [...staffErrors, "not_found", "deactivated", ...staffLetterErrors],
  },
  setUserEmail: {
    method: "POST",
    path: `${admin}/users/{id}/set-email/`,
    caller: "staff",
    summary:
      "Help somebody whose mailbox is lost: a code to the new address, a notice to the old one (asks for the administrator's own password)",
    body: z.object({ new_email: schemas.newEmail, current_password: schemas.password }),
    success: { status: 204 },
    errors: [
      ...staffErrors,
      "not_found",
      "not_activated",
      "deactivated",
      "too_many_password_guesses",
      ...staffLetterErrors,
    ],
  },
  unlockUser: {
    method: "POST",
    path: `${admin}/users/{id}/unlock/`,
    caller: "staff",
    summary: "Forget the wrong guesses that were counted against a person",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
  listUserSessions: {
    method: "GET",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "List a person's living sessions",
    success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
    errors: [...staffErrors, "not_found"],
  },
  endUserSessions: {
    method: "DELETE",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "End all of a person's sessions, at once",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
} as const satisfies Record<string, Operation>;
