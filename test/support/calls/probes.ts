/**
 * What a stranger can try at an address that is not his, to learn whether somebody has an account there. Tests compare the
 * answers, the bench the times, the attack script both: a new operation that takes an address is one line here.
 */
import { randomBytes } from "node:crypto";
import type { OperationName } from "../../../shared/contract/contract.ts";

export type Suspect = {
  email: string;
  /** Passwords that the stranger makes up; if there is an account, it has another. */
  password: string;
  otherPassword: string;
  /** A username that somebody else has. */
  takenUsername: string;
  /** Somebody signed in, with the password that is asked again of him. */
  asker: { token: string; password: string };
};
export type Request = { operation: OperationName; body: object; token?: string };

const inLetters = (bytes: number) =>
  [...randomBytes(bytes)].map((byte) => "ghijklmnopqrstuv"[byte % 16]).join("");

/** As long as each other, so that answers that repeat it are too. */
export const madeUpName = (): string => `t${randomBytes(6).toString("hex")}`;
/** Of other letters than usernames are made of, so that none is like its owner's name by chance. */
export const madeUpPassword = (): string => `Granite-${inLetters(12)}`;

export const suspectAt = (email: string, about: Pick<Suspect, "takenUsername" | "asker">): Suspect => ({
  email,
  password: madeUpPassword(),
  otherPassword: madeUpPassword(),
  ...about,
});

type Probe = (suspect: Suspect) => Request;

const wrongCode = "135 790";
const wrongLongCode = "ABCD-EFGH-IJKL-MNOP";

const registering = ({ email }: Suspect, password: string, username = madeUpName()): Request => ({
  operation: "createUser",
  body: { username, email, password },
});

const table = {
  register: (suspect: Suspect) => registering(suspect, suspect.password),
  "register with another password": (suspect: Suspect) => registering(suspect, suspect.otherPassword),
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
    body: { email, otp_code: wrongCode },
  }),
  "sign in with a wrong code": ({ email }: Suspect) => ({
    operation: "createToken",
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

/** Whether somebody must be signed in for it. */
export const needsAsker = (name: ProbeName): boolean => name === "move an account there";
