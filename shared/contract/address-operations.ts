import * as z from "zod";
import { bearerErrors, networkLetterErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const user = "/api/v1/auth/user";

export const setEmail = {
  name: "setEmail",
  method: "POST",
  path: `${user}/set_email/`,
  caller: "user",
  summary:
    "Request an email address change; the new address gets a code, the old one a notice with an undo code",
  body: z.object({ current_password: schemas.password, new_email: schemas.newEmail }),
  success: { status: 204 },
  errors: [
    ...bearerErrors,
    "too_many_password_guesses",
    "too_many_address_changes",
    "too_many_letters",
    ...networkLetterErrors,
  ],
} as const satisfies Operation;

export const confirmEmail = {
  name: "confirmEmail",
  method: "POST",
  path: `${user}/set_email_confirm/`,
  caller: "user",
  summary: "Confirm the new email address with the code from the email; it replaces the old one immediately",
  body: z.object({ otp_code: schemas.longCode }),
  success: { status: 200, body: schemas.user },
  issuesDeviceToken: true,
  errors: [...bearerErrors, "code_refused"],
} as const satisfies Operation;

export const claimEmail = {
  name: "claimEmail",
  method: "POST",
  path: `${user}/set_email_claim/`,
  caller: "public",
  summary: "Confirm a new email address that an administrator entered, without being signed in",
  body: z.object({ email: schemas.email, otp_code: schemas.longCode }),
  success: { status: 200, body: schemas.user },
  issuesDeviceToken: true,
  errors: ["code_refused", "too_many_tries_from_network"],
} as const satisfies Operation;

export const undoEmail = {
  name: "undoEmail",
  method: "POST",
  path: `${user}/set_email_undo/`,
  caller: "public",
  summary: "Undo an address change with the code from the notice to the earlier address; ends all sessions",
  body: z.object({ email: schemas.email, otp_code: schemas.longCode }),
  success: { status: 204 },
  issuesDeviceToken: true,
  errors: ["code_refused", "too_many_tries_from_network"],
} as const satisfies Operation;
