import type { Person, Registration, User } from "../store/user-items.ts";
import { upgradeHash } from "./hash-upgrade.ts";
import { verifyPassword } from "./password-hash.ts";
import { passwordStore } from "./password-store.ts";
import { refusalFloor } from "./refusal-floor.ts";

export const passwordProof = ({ replaceHash } = passwordStore()) => ({
  /** Starts the refusal floor. Call it before any read, so that the floor covers the reads too. */
  begin: () => {
    const untilFloor = refusalFloor();
    return {
      /** Verifies one hash for the account or a decoy, and one more if there is a registration. */
      prove: async (
        password: string,
        user: User | undefined,
        registration: Registration | undefined,
      ): Promise<Person | undefined> => {
        const matchesUser = await verifyPassword(password, user?.passwordHash);
        const matchesRegistration =
          registration !== undefined && (await verifyPassword(password, registration.passwordHash));
        if (matchesUser && user?.status === "active") return user;
        // Registrations wait too: anyone can register an address, and the response time must not
        // reveal how long the account's hash took.
        await untilFloor();
        return matchesRegistration ? registration : undefined;
      },
    };
  },

  upgrade: (user: User, password: string): Promise<string> => upgradeHash(user, password, replaceHash),
});
export type PasswordProof = ReturnType<typeof passwordProof>;
