/**
 * What a stranger can try at an address that is not his, to learn whether somebody has an account there. Tests compare the
 * answers, the bench the times, the attack script both: a new operation that takes an address is one line here.
 */
import { randomBytes } from "node:crypto";
import { contract, type OperationName } from "../../shared/contract.ts";

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

/** An operation that another branch brings: its line counts as soon as the contract has it. */
const ifMerged = (
  operation: string,
  details: (suspect: Suspect) => Omit<Request, "operation">,
): [Probe] | [] =>
  operation in contract
    ? [(suspect) => ({ operation: operation as OperationName, ...details(suspect) })]
    : [];

const wrongCode = "135 790";
const wrongLongCode = "ABCD-EFGH-IJKL-MNOP";

const registering = ({ email }: Suspect, password: string, username = madeUpName()): Request => ({
  operation: "createUser",
  body: { username, email, password },
});

const [resetPassword] = ifMerged("resetPassword", ({ email }) => ({ body: { email } }));
const [confirmPasswordReset] = ifMerged("confirmPasswordReset", ({ email, otherPassword }) => ({
  body: { email, otp_code: wrongLongCode, new_password: otherPassword },
}));
const [setEmail] = ifMerged("setEmail", ({ email, asker }) => ({
  token: asker.token,
  body: { current_password: asker.password, new_email: email },
}));

const merged = {
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
};

const upcoming = {
  ...(resetPassword && { "ask for a reset": resetPassword }),
  ...(confirmPasswordReset && { "confirm a reset with a wrong code": confirmPasswordReset }),
  ...(setEmail && { "move an account there": setEmail }),
};

export type ProbeName = keyof typeof merged | keyof typeof upcoming;
export const probes = { ...merged, ...upcoming } as Record<ProbeName, Probe>;
export const probeNames = Object.keys(probes) as ProbeName[];

/** Whether somebody must be signed in for it. */
export const needsAsker = (name: ProbeName): boolean => name === "move an account there";
