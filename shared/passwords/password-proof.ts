/**
 * What a password proves at sign-in. Where imported hashes exist, every refusal takes at least as
 * long as `REFUSAL_FLOOR_MILLISECONDS`, counted from the moment when the proof begins.
 */
import type { Person, Registration, User } from "../store/user-items.ts";
import { upgradeHash } from "./hash-upgrade.ts";
import { verifyPassword } from "./password-hash.ts";
import { passwordStore } from "./password-store.ts";
import { refusalFloor } from "./refusal-floor.ts";

export const passwordProof = ({ replaceHash } = passwordStore()) => ({
  /**
   * Begin before anything is read: the time that reads take differs between known and unknown
   * addresses, too.
   */
  begin: () => {
    const untilFloor = refusalFloor();
    return {
      /**
       * The account or else the registration that the password proves. It always costs one hash for
       * the account or nobody, and one more where a registration waits.
       */
      prove: async (
        password: string,
        user: User | undefined,
        registration: Registration | undefined,
      ): Promise<Person | undefined> => {
        const matchesUser = await verifyPassword(password, user?.passwordHash);
        const matchesRegistration =
          registration !== undefined && (await verifyPassword(password, registration.passwordHash));
        // The right password of a disabled account is worth as little as a wrong one.
        if (matchesUser && user?.status === "active") return user;
        // Registrations wait too: anybody can make one, and must not learn how long the account's
        // hash took.
        await untilFloor();
        return matchesRegistration ? registration : undefined;
      },
    };
  },

  /** See `upgradeHash`. */
  upgrade: (user: User, password: string): Promise<string> => upgradeHash(user, password, replaceHash),
});
export type PasswordProof = ReturnType<typeof passwordProof>;
