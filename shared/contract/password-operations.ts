/** The operations on a password, and a person's own data: a part of the contract. */
import * as z from "zod";
import { bearerErrors, letterErrors, type Operation } from "./operation.ts";
import { personalData } from "./personal-data-schema.ts";
import * as schemas from "./schemas.ts";

const user = "/api/v1/auth/user";

export const passwordOperations = {
  setPassword: {
    method: "POST",
    path: `${user}/set_password/`,
    caller: "user",
    summary: "Change the password; ends every other session and every code but an undo code",
    body: z.object({ current_password: schemas.password, new_password: schemas.newPassword }),
    success: { status: 204 },
    errors: [...bearerErrors, "too_many_password_guesses"],
  },
  resetPassword: {
    method: "POST",
    path: `${user}/reset_password/`,
    caller: "public",
    summary:
      "Lost password: a letter with a code goes to the address, if it has an account or a registration",
    body: z.object({ email: schemas.email }),
    success: { status: 204 },
    errors: letterErrors,
  },
  confirmPasswordReset: {
    method: "POST",
    path: `${user}/reset_password_confirm/`,
    caller: "public",
    summary:
      "Set a new password with the code from the letter; ends every session, activates a registration, signs nobody in",
    body: z.object({
      email: schemas.email,
      otp_code: schemas.longCode,
      new_password: schemas.newPassword,
    }),
    success: { status: 204 },
    issuesDeviceToken: true,
    errors: ["code_refused", "too_many_tries_from_network"],
  },
  exportMe: {
    method: "GET",
    path: `${user}/me/export/`,
    caller: "user",
    summary: "Read everything that is stored on the signed-in person",
    success: { status: 200, body: personalData },
    errors: bearerErrors,
  },
} as const satisfies Record<string, Operation>;
