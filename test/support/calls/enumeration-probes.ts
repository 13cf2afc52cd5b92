// Requests with which a stranger could find out whether an address has an account. Tests compare
// their answers, the benchmark their times, and the attack script both. A new operation that takes
// an address gets a line here.
import type { OperationName } from "../../../shared/contract/contract.ts";
import { newPassword, newUsername } from "../people/credentials.ts";

export type Suspect = {
  email: string;
  /** Two invented passwords. An account at the address has a different one. */
  password: string;
  otherPassword: string;
  /** The username of another account. */
  takenUsername: string;
  /** A signed-in user and their password, which a change of address asks for again. */
  asker: { token: string; password: string };
};
export type Request = { operation: OperationName; body: object; token?: string };

export const suspectAt = (email: string, about: Pick<Suspect, "takenUsername" | "asker">): Suspect => ({
  email,
  password: newPassword(),
  otherPassword: newPassword(),
  ...about,
});

type Probe = (suspect: Suspect) => Request;

const wrongCode = "135 790";
const wrongLongCode = "ABCD-EFGH-IJKL-MNOP";

const registering = (
  { email }: Suspect,
  password: string,
  username = newUsername(),
  locale?: string,
): Request => ({
  operation: "createUser",
  body: { username, email, password, locale },
});

const table = {
  register: (suspect: Suspect) => registering(suspect, suspect.password),
  "register with another password": (suspect: Suspect) => registering(suspect, suspect.otherPassword),
  "register in a language": (suspect: Suspect) => registering(suspect, suspect.password, undefined, "de"),
  "register a taken username": (suspect: Suspect) =>
    registering(suspect, suspect.password, suspect.takenUsername),
  "ask with the password registered": ({ email, password }: Suspect) => ({
    operation: "requestOtp",
    body: { email, password },
  }),
  "ask with the other password registered": ({ email, otherPassword }: Suspect) => ({
    operation: "requestOtp",
    body: { email, password: otherPassword },
  }),
  "ask with a wrong password": ({ email }: Suspect) => ({
    operation: "requestOtp",
    body: { email, password: "Not-The-Password-1" },
  }),
  "activate with a wrong code": ({ email }: Suspect) => ({
    operation: "activateUser",
    body: { email, otp_code: wrongCode, locale: "de" },
  }),
  "activate with a wrong invitation": ({ email }: Suspect) => ({
    operation: "activateUser",
    body: { email, otp_code: wrongLongCode },
  }),
  "sign in with a wrong code": ({ email }: Suspect) => ({
    operation: "createToken",
    body: { email, otp_code: wrongCode },
  }),
  "open the admin page with a wrong code": ({ email }: Suspect) => ({
    operation: "openAdminSession",
    body: { email, otp_code: wrongCode },
  }),
  "ask for a reset": ({ email }: Suspect) => ({ operation: "resetPassword", body: { email } }),
  "confirm a reset with a wrong code": ({ email, otherPassword }: Suspect) => ({
    operation: "confirmPasswordReset",
    body: { email, otp_code: wrongLongCode, new_password: otherPassword },
  }),
  "claim the address with a wrong code": ({ email }: Suspect) => ({
    operation: "claimEmail",
    body: { email, otp_code: wrongLongCode },
  }),
  "undo a change of address with a wrong code": ({ email }: Suspect) => ({
    operation: "undoEmail",
    body: { email, otp_code: wrongLongCode },
  }),
  "move an account there": ({ email, asker: { token, password } }: Suspect) => ({
    operation: "setEmail",
    token,
    body: { current_password: password, new_email: email },
  }),
} satisfies Record<string, Probe>;

export type ProbeName = keyof typeof table;
export const probes: Record<ProbeName, Probe> = table;

export const probeNames = Object.keys(probes) as ProbeName[];

/** True if the caller must be signed in. */
export const needsAsker = (name: ProbeName): boolean => name === "move an account there";
