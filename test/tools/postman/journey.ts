// The collection's requests, in an order that works. The contract's types check the bodies.
import type * as z from "zod";
import type { Contract, OperationName } from "../../../shared/contract/contract.ts";
import {
  keep,
  keepTokens,
  newAddress,
  newPassword,
  newPerson,
  readCode,
  skipWithoutAdministrator,
  takePassword,
} from "./scripts.ts";

type Sent<Operation, Part extends "body" | "query"> =
  Operation extends Record<Part, infer Schema extends z.ZodType> ? z.input<Schema> : undefined;

type Details<Name extends OperationName> = {
  title?: string;
  body?: Sent<Contract[Name], "body">;
  query?: Sent<Contract[Name], "query">;
  /** The variable with the value of `{id}` in the path. */
  id?: string;
  sessionId?: string;
  before?: string[];
  after?: string[];
  /** The expected status, if it isn't the operation's success. */
  status?: number;
};

export type Step = {
  operation: OperationName;
  title?: string;
  body?: object | undefined;
  query?: Record<string, string | undefined> | undefined;
  id?: string;
  sessionId?: string;
  before?: string[];
  after?: string[];
  status?: number;
};
export type Folder = { name: string; description: string; before?: string[]; steps: Step[] };

const step = <Name extends OperationName>(operation: Name, details: Details<Name> = {}): Step => ({
  operation,
  ...details,
});

/** Variables of the user who performs the requests, and of the administrator. */
const person = { email: "{{email}}", password: "{{password}}" };
const administrator = { email: "{{admin_email}}", password: "{{admin_password}}" };

const signIn = (who: typeof person, where: string, prefix = "", address = "email"): Step[] => [
  step("requestOtp", { title: `Ask for a code ${where}`, body: who }),
  step("createToken", {
    title: `Sign in ${where}`,
    body: { email: who.email, otp_code: "{{otp_code}}" },
    before: readCode(address),
    after: keepTokens(prefix),
  }),
];

const undoEmail = (title: string): Step =>
  step("undoEmail", {
    title,
    body: { email: "{{email}}", otp_code: "{{otp_code}}" },
    before: readCode("email"),
  });

export const journey: Folder[] = [
  {
    name: "Register and sign in",
    description:
      "Creates a new user each time. Scripts read codes from the local mailbox and store tokens in variables.",
    steps: [
      step("createUser", {
        body: { ...person, username: "{{username}}", first_name: "Ada", last_name: "Lovelace", locale: "en" },
        before: newPerson(),
      }),
      step("activateUser", {
        body: { ...person, otp_code: "{{otp_code}}" },
        before: readCode("email"),
      }),
      ...signIn(person, "here"),
    ],
  },
  {
    name: "Account",
    description: "The account of the signed-in user.",
    steps: [
      step("getMe"),
      step("updateMe", {
        body: { username: "{{username}}", first_name: "Augusta", last_name: "King", locale: "en-GB" },
      }),
      step("exportMe"),
      step("getActivity"),
    ],
  },
  {
    name: "Password",
    description: "Changes a known password, then replaces a lost one, which ends all sessions.",
    steps: [
      step("setPassword", {
        body: { current_password: "{{password}}", new_password: "{{new_password}}" },
        before: newPassword,
        after: takePassword,
      }),
      step("resetPassword", { body: { email: "{{email}}" } }),
      step("confirmPasswordReset", {
        body: { email: "{{email}}", otp_code: "{{otp_code}}", new_password: "{{new_password}}" },
        before: [...newPassword, ...readCode("email")],
        after: takePassword,
      }),
      ...signIn(person, "with the new password"),
    ],
  },
  {
    name: "Change of address",
    description: "Changes to a new address and undoes that, which ends all sessions.",
    steps: [
      step("setEmail", {
        body: { new_email: "{{new_email}}", current_password: "{{password}}" },
        before: newAddress,
      }),
      step("confirmEmail", { body: { otp_code: "{{otp_code}}" }, before: readCode("new_email") }),
      undoEmail("Undo it with the code that went to the old address"),
      ...signIn(person, "at the old address"),
    ],
  },
  {
    name: "Tokens",
    description: "Checks the access token and rotates the refresh token, which works once.",
    steps: [
      step("verifyToken", { body: { token: "{{access}}" } }),
      step("refreshToken", { body: { refresh: "{{refresh}}" }, after: keepTokens() }),
    ],
  },
  {
    name: "Sessions",
    description: "Signs in on a second device, and ends its session in each of the three ways.",
    steps: [
      ...signIn(person, "on a second device", "other_"),
      step("listSessions", {
        after: keep({ session_id: "answer.results.find(({ current }) => !current).id" }),
      }),
      step("endSession", { title: "End the second device's session", id: "session_id" }),
      ...signIn(person, "on a second device again", "other_"),
      step("logout", { title: "Sign out on the second device", body: { refresh: "{{other_refresh}}" } }),
      step("endOtherSessions"),
    ],
  },
  {
    name: "Keys",
    description: "For services that check access tokens.",
    steps: [step("getConfiguration"), step("getKeys")],
  },
  {
    name: "Administration",
    description:
      "Needs an administrator. Run `npm run create-admin -- --email a@b.c --username root`, then set `admin_email` and `admin_password` in the environment. While `admin_email` is empty, these requests are skipped.",
    before: skipWithoutAdministrator,
    steps: [
      ...signIn(administrator, "as administrator", "admin_", "admin_email"),
      step("openAdminSession", {
        title: "A session with a cookie is only for the admin page",
        body: { email: "{{admin_email}}", otp_code: "000 000" },
        status: 403,
      }),
      step("endAdminSession", { title: "So is its end", status: 403 }),
      step("listUsers", {
        title: "Find the account by its address",
        query: { email: "{{email}}", limit: "25" },
        after: keep({ user_id: "answer.results[0].id" }),
      }),
      step("getUser", { id: "user_id" }),
      step("updateUser", { id: "user_id", body: { first_name: "Ada", last_name: "Lovelace" } }),
      step("unlockUser", { id: "user_id" }),
      step("retryDelivery", { id: "user_id" }),
      step("exportUser", { id: "user_id", body: { current_password: "{{admin_password}}" } }),
      step("listUserActivity", { id: "user_id" }),
      step("listUserSessions", { id: "user_id", after: keep({ session_id: "answer.results[0].id" }) }),
      step("endUserSession", { id: "user_id", sessionId: "session_id" }),
      step("endUserSessions", { id: "user_id" }),
      step("setUserEmail", {
        id: "user_id",
        body: { new_email: "{{new_email}}", current_password: "{{admin_password}}" },
        before: newAddress,
      }),
      step("claimEmail", {
        body: { email: "{{new_email}}", otp_code: "{{otp_code}}" },
        before: readCode("new_email"),
      }),
      undoEmail("Undo the administrator's change"),
      step("setUserEmail", {
        title: "Freeze the account, because its mailbox is lost",
        id: "user_id",
        body: { new_email: "{{new_email}}", current_password: "{{admin_password}}", mailbox: "lost" },
        before: newAddress,
      }),
      step("confirmUserEmail", {
        title: "Confirm it, which needs another administrator for 72 hours",
        id: "user_id",
        body: { new_email: "{{new_email}}", current_password: "{{admin_password}}" },
        status: 400,
      }),
      step("cancelUserEmail", { id: "user_id" }),
      step("createUser", {
        title: "Someone else registers",
        body: {
          email: "{{newcomer_email}}",
          password: "{{newcomer_password}}",
          username: "{{newcomer_username}}",
        },
        before: newPerson("newcomer_"),
      }),
      step("listUsers", {
        title: "Find the registration",
        query: { email: "{{newcomer_email}}", state: "pending" },
        after: keep({ newcomer_id: "answer.results[0].id" }),
      }),
      step("sendCode", { id: "newcomer_id" }),
      step("inviteUser", { title: "Invite them instead", body: { email: "{{newcomer_email}}" } }),
      step("listUsers", {
        title: "Find the invitation",
        query: { email: "{{newcomer_email}}", state: "pending" },
        after: keep({ newcomer_id: "answer.results[0].id" }),
      }),
      step("deleteUser", {
        title: "Cancel the invitation",
        id: "newcomer_id",
        body: { current_password: "{{admin_password}}" },
      }),
    ],
  },
  {
    name: "Leave",
    description:
      "Signs in again, because an administrator may have ended the sessions, and deletes the account.",
    steps: [...signIn(person, "again"), step("deleteMe", { body: { current_password: "{{password}}" } })],
  },
];
