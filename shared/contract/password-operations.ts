/** The operations on a password: a part of the contract. */
import * as z from "zod";
import { bearerErrors, letterErrors, type Operation } from "./operation.ts";
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
} as const satisfies Record<string, Operation>;
