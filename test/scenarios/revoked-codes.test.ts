// Beyond the limit on letters, none leaves while the code in the newest one is valid. An act that
// revokes this code must let its owner ask for another one, however many codes a thief asked for.
import { beforeAll, describe, expect, it } from "vitest";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { devicesSubject } from "../../shared/limits/guess-limits.ts";
import { resetLettersTo, signInLettersFor } from "../../shared/limits/letter-limits.ts";
import { succeed } from "../support/calls/api.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { newPassword } from "../support/people/credentials.ts";
import { newPerson, resetCode, signIn } from "../support/people/people.ts";
import { presetSession } from "../support/presets/presets.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let limits: ReturnType<typeof limitsOf>;
beforeAll(async () => {
  stack = await sharedStack();
  limits = limitsOf(stack);
});

type Owner = Awaited<ReturnType<typeof presetSession>> & { next: string };

/** Each prepares an act and says how many letters the address has had after it. */
const acts: Record<string, (owner: Owner) => Promise<{ perform: () => Promise<unknown>; letters: number }>> =
  {
    "a reset": async (owner) => {
      const otp_code = await resetCode(owner, 0);
      const { email, next: new_password } = owner;
      return {
        perform: () => succeed("confirmPasswordReset", { email, otp_code, new_password }),
        letters: 2,
      };
    },
    "a change of password": async ({ password: current_password, next: new_password, access: token }) => ({
      perform: () => succeed("setPassword", { current_password, new_password }, { token }),
      letters: 1,
    }),
    "an undone change of address": async ({ email, password, access: token }) => {
      const { email: new_email } = newPerson();
      await succeed("setEmail", { new_email, current_password: password }, { token });
      const otp_code = await codeTo(email);
      await succeed("confirmEmail", { otp_code: await codeTo(new_email) }, { token });
      return { perform: () => succeed("undoEmail", { email, otp_code }), letters: 2 };
    },
  };

describe("codes revoked beyond the limit on letters", () => {
  it.each(Object.entries(acts))("can be replaced at once after %s", async (act, prepare) => {
    const owner = { ...(await presetSession(stack)), next: newPassword() };
    const { email } = owner;
    const { perform, letters } = await prepare(owner);
    const addressKey = await pseudonyms.ofAddress(email);
    for (const subject of [addressKey, devicesSubject(addressKey)])
      await limits.exhaust(signInLettersFor(subject));
    await limits.exhaust(resetLettersTo(addressKey));

    await perform();
    await letterTo(email, letters);
    const password = act.includes("address") ? owner.password : owner.next;
    expect(await signIn({ ...owner, password }, letters)).toHaveProperty("access");
    const otp_code = await resetCode(owner, letters + 1);
    await succeed("confirmPasswordReset", { email, otp_code, new_password: newPassword() });
  });
});
