import * as z from "zod";
import { choice } from "../identity/text-rules.ts";
import {
  broughtAttributes,
  invitedAttributes,
  ownChanges,
  registeredAttributes,
} from "../attributes/attribute-schemas.ts";
import {
  bearerErrors,
  challengeErrors,
  codeGuessErrors,
  networkLetterErrors,
  staffErrors,
  staffPasswordErrors,
  type Operation,
} from "./operation.ts";
import { ownActivity, personActivity, personalData } from "./personal-data-schema.ts";
import * as schemas from "./schemas.ts";

const user = "/api/v1/auth/user";
const staffUsers = "/api/v1/admin/users";

export const createUser = {
  name: "createUser",
  method: "POST",
  path: `${user}/`,
  caller: "public",
  summary: "Register an account and email an activation code to its address",
  body: z.object({
    username: schemas.username,
    email: schemas.email,
    password: schemas.chosenPassword,
    ...registeredAttributes,
    locale: registeredAttributes.locale.meta({
      description: "The language of emails. Without it, `Accept-Language` is the first guess",
    }),
    challenge_token: schemas.challengeToken.optional(),
  }),
  success: { status: 201, body: schemas.user },
  errors: [...networkLetterErrors, "letter_budget_spent", ...challengeErrors],
} as const satisfies Operation;

export const inviteUser = {
  name: "inviteUser",
  method: "POST",
  path: `${staffUsers}/`,
  caller: "staff",
  summary:
    "Invite a person by email, or send their invitation again; the code is valid for seven days and needs a password at activation",
  body: z.object({
    email: schemas.email,
    username: schemas.username.optional(),
    ...invitedAttributes,
  }),
  success: { status: 201, body: schemas.adminUser },
  errors: [...staffErrors, "too_many_invitations", "too_many_letters"],
} as const satisfies Operation;

export const activateUser = {
  name: "activateUser",
  method: "POST",
  path: `${user}/activation/`,
  caller: "public",
  summary:
    "Activate the account with the code from the email; a password, names and language sent along replace the registered ones, and an invitation needs a password",
  body: z.object({
    email: schemas.email,
    otp_code: schemas.activationCode,
    password: schemas.chosenPassword.optional(),
    username: schemas.username.optional(),
    ...broughtAttributes,
  }),
  readsDeviceToken: true,
  success: { status: 200, body: schemas.user },
  issuesDeviceToken: true,
  errors: ["activation_refused", ...codeGuessErrors],
} as const satisfies Operation;

export const getMe = {
  name: "getMe",
  method: "GET",
  path: `${user}/me/`,
  caller: "user",
  summary: "Get the signed-in user's account",
  success: { status: 200, body: schemas.user },
  errors: bearerErrors,
} as const satisfies Operation;

export const updateMe = {
  name: "updateMe",
  method: "PATCH",
  path: `${user}/me/`,
  caller: "user",
  summary: "Change the username, first name, last name or language",
  body: z.object({
    username: schemas.username.optional(),
    ...ownChanges,
  }),
  success: { status: 200, body: schemas.user },
  errors: [...bearerErrors, "too_many_username_changes"],
} as const satisfies Operation;

export const deleteMe = {
  name: "deleteMe",
  method: "DELETE",
  path: `${user}/me/`,
  caller: "user",
  summary: "Delete the account (requires the current password)",
  body: z.object({ current_password: schemas.password }),
  success: { status: 204 },
  errors: [...bearerErrors, "not_yourself", "too_many_password_guesses", "deletion_waits"],
} as const satisfies Operation;

export const exportMe = {
  name: "exportMe",
  method: "GET",
  path: `${user}/me/export/`,
  caller: "user",
  summary: "Export all personal data stored about the signed-in user",
  success: { status: 200, body: personalData },
  errors: bearerErrors,
} as const satisfies Operation;

export const exportUser = {
  name: "exportUser",
  method: "POST",
  path: `${staffUsers}/{id}/export/`,
  caller: "staff",
  summary:
    "Export all personal data stored about one account, for its owner (requires the administrator's own password)",
  body: z.object({ current_password: schemas.password }),
  success: { status: 200, body: personalData },
  errors: [...staffPasswordErrors, "not_activated", "too_many_exports"],
} as const satisfies Operation;

const pages = {
  query: z.object({
    cursor: schemas.cursor.optional().meta({ description: "The `next` value of the previous page" }),
    limit: choice(["25", "50", "100"]).default("25"),
  }),
  next: schemas.cursor.nullable().meta({
    description: "A cursor, if there may be more. A page can be shorter than `limit`, or empty",
  }),
};

export const getActivity = {
  name: "getActivity",
  method: "GET",
  path: `${user}/me/activity/`,
  caller: "user",
  summary: "List what happened to the account and who did it, newest first",
  query: pages.query,
  success: { status: 200, body: z.object({ results: z.array(ownActivity), next: pages.next }) },
  errors: [...bearerErrors, "cursor_not_valid"],
} as const satisfies Operation;

export const listUserActivity = {
  name: "listUserActivity",
  method: "GET",
  path: `${staffUsers}/{id}/activity/`,
  caller: "staff",
  summary: "List what happened to an account and who did it, newest first",
  query: pages.query,
  success: { status: 200, body: z.object({ results: z.array(personActivity), next: pages.next }) },
  errors: [...staffErrors, "not_found", "cursor_not_valid"],
} as const satisfies Operation;
