// Password resets directly in the stores: the steps of the handlers and the mailer, with code
// digests that the test chooses.
import { randomUUID } from "node:crypto";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { passwordStore } from "../../../shared/passwords/password-store.ts";
import { resetPk } from "../../../shared/store/address-items.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { fakeClock } from "../store/fake-clock.ts";
import { activeUser } from "./stored-people.ts";

export const resetCodeLifetime = 600;

/** A new account with its clock and the steps of a password reset. */
export const passwordResetFlow = async () => {
  const clock = fakeClock();
  const user = await activeUser(clock.now);
  const [codes, resets, passwords] = [
    codeStore(clock.now),
    passwordResetStore(clock.now),
    passwordStore(clock.now),
  ];
  const pk = resetPk(user.addressKey);
  return {
    clock,
    user,
    resets,
    passwords,
    /** Does what the mailer does with an order, up to the retirement of the request if `sent`. */
    send: async (request: string, digest: string, sent = true) => {
      if ((await resets.begin(user, request)) === "superseded") return "superseded";
      const otpExpiresAt = clock.now() + resetCodeLifetime;
      const issued = await codes.issue(pk, { otpRequestId: request, otpDigest: digest, otpExpiresAt });
      if (sent) await codes.retire(pk, request);
      return issued;
    },
    reset: (digest: string, invocation: string = randomUUID(), to: Pick<User, "id" | "addressKey"> = user) =>
      passwords.reset(to, "new", [digest], invocation),
    storedUser: async () => (await userStore().find(user.id))!,
  };
};
