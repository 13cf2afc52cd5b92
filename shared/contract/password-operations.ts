import * as z from "zod";
import { bearerErrors, challengeErrors, networkLetterErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const user = "/api/v1/auth/user";

export const setPassword = {
  name: "setPassword",
  method: "POST",
  path: `${user}/set_password/`,
  caller: "user",
  summary: "Change the password; ends all other sessions and revokes all codes except an undo code",
  body: z.object({ current_password: schemas.password, new_password: schemas.newPassword }),
  success: { status: 204 },
  issuesDeviceToken: true,
  errors: [...bearerErrors, "too_many_password_guesses", "too_many_password_changes"],
} as const satisfies Operation;

export const resetPassword = {
  name: "resetPassword",
  method: "POST",
  path: `${user}/reset_password/`,
  caller: "public",
  summary: "Request a password reset; emails a code if the address has an account or a registration",
  body: z.object({ email: schemas.email, challenge_token: schemas.challengeToken.optional() }),
  success: { status: 204 },
  errors: [...networkLetterErrors, ...challengeErrors],
} as const satisfies Operation;

export const confirmPasswordReset = {
  name: "confirmPasswordReset",
  method: "POST",
  path: `${user}/reset_password_confirm/`,
  caller: "public",
  summary:
    "Set a new password with the code from the email; ends all sessions, activates a registration, doesn't sign in",
  body: z.object({
    email: schemas.email,
    otp_code: schemas.longCode,
    new_password: schemas.newPassword,
  }),
  success: { status: 204 },
  issuesDeviceToken: true,
  errors: ["code_refused", "too_many_tries_from_network"],
} as const satisfies Operation;
