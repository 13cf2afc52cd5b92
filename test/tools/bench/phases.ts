// The measured phases: each operation by itself, and sequences of operations.
import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Client } from "./client.ts";
import type { Work } from "./floor-messages.ts";
import type { LetterBox } from "./letter-box.ts";

export type Person = {
  username: string;
  email: string;
  password: string;
  code: string;
  access: string;
  refresh: string;
};

export type Phase = {
  name: string;
  /** HTTP requests that one operation of this phase makes. */
  requests: number;
  /** The cryptography that the operation can't do without. */
  work: Work;
  /** The number of times that each person runs the phase. */
  rounds: number;
  /** Runs for all people before the measurement. */
  prepare?: (person: Person) => Promise<void>;
  run: (person: Person) => Promise<void>;
};

/** Uses other letters than usernames, so that no password resembles its owner's name. */
const newPassword = (): string =>
  `Granite-${[...randomBytes(12)].map((byte) => "ghijklmnopqrstuv"[byte % 16]).join("")}`;

export const newPerson = (): Person => {
  const username = `b${randomBytes(8).toString("hex")}`;
  const password = newPassword();
  return { username, email: `${username}@example.com`, password, code: "", access: "", refresh: "" };
};

const newAddressOf = (email: string) => `new-${email}`;

const tokenPair = z.object({ access: z.string(), refresh: z.string() });
/** V8 continues to optimise cheap operations for hundreds of calls, so these are repeated. */
const cheapRounds = 6;

export const createPhases = ({ call, callForStatus }: Client, { codeTo, longCodeTo }: LetterBox) => {
  const steps = {
    createUser: async ({ username, email, password }: Person) => {
      await call("createUser", { body: { username, email, password } });
    },
    readCode: async (person: Person) => {
      person.code = await codeTo(person.email);
    },
    activateUser: async ({ email, code }: Person) => {
      await call("activateUser", { body: { email, otp_code: code } });
    },
    requestOtp: async ({ email, password }: Person) => {
      await call("requestOtp", { body: { email, password } });
    },
    createToken: async (person: Person) => {
      const { email, code } = person;
      Object.assign(person, tokenPair.parse(await call("createToken", { body: { email, otp_code: code } })));
    },
    verifyToken: async ({ access }: Person) => {
      await call("verifyToken", { body: { token: access } });
    },
    verifyForgedToken: async ({ access }: Person) => {
      const [header = "", claims = ""] = access.split(".");
      const token = `${header}.${claims}.${"A".repeat(342)}`;
      await callForStatus("verifyToken", { body: { token } }, 401);
    },
    getMe: async ({ access }: Person) => {
      await call("getMe", { token: access });
    },
    updateMe: async ({ access }: Person) => {
      await call("updateMe", { token: access, body: { first_name: "Ada" } });
    },
    refreshToken: async (person: Person) => {
      const { refresh } = person;
      Object.assign(person, tokenPair.parse(await call("refreshToken", { body: { refresh } })));
    },
    setEmail: async ({ access, email, password }: Person) => {
      await call("setEmail", {
        token: access,
        body: { new_email: newAddressOf(email), current_password: password },
      });
    },
    readResetCode: async (person: Person) => {
      person.code = await longCodeTo(person.email);
    },
    readNewAddressCode: async (person: Person) => {
      person.code = await longCodeTo(newAddressOf(person.email));
    },
    confirmEmail: async (person: Person) => {
      await call("confirmEmail", { token: person.access, body: { otp_code: person.code } });
      person.email = newAddressOf(person.email);
    },
    exportMe: async ({ access }: Person) => {
      await call("exportMe", { token: access });
    },
    setPassword: async (person: Person) => {
      const body = { current_password: person.password, new_password: newPassword() };
      await call("setPassword", { token: person.access, body });
      person.password = body.new_password;
    },
    resetPassword: async ({ email }: Person) => {
      await call("resetPassword", { body: { email } });
    },
    confirmPasswordReset: async (person: Person) => {
      const { email, code } = person;
      const body = { email, otp_code: code, new_password: newPassword() };
      await call("confirmPasswordReset", { body });
      person.password = body.new_password;
    },
    listSessions: async ({ access }: Person) => {
      await call("listSessions", { token: access });
    },
    endOtherSessions: async ({ access }: Person) => {
      await call("endOtherSessions", { token: access });
    },
    logout: async ({ refresh }: Person) => {
      await call("logout", { body: { refresh } });
    },
    deleteMe: async ({ access, password }: Person) => {
      await call("deleteMe", { token: access, body: { current_password: password } });
    },
  };
  const consecutive =
    (...sequence: ((person: Person) => Promise<void>)[]) =>
    async (person: Person) => {
      for (const step of sequence) await step(person);
    };

  const signIn = consecutive(steps.requestOtp, steps.readCode, steps.createToken);

  const single = { requests: 1, rounds: 1 };
  const cheap = { requests: 1, rounds: cheapRounds };
  const operations: Phase[] = [
    { ...single, name: "createUser", run: steps.createUser, work: { hashes: 1 } },
    { ...single, name: "activateUser", prepare: steps.readCode, run: steps.activateUser, work: {} },
    { ...single, name: "requestOtp", run: steps.requestOtp, work: { hashes: 1 } },
    {
      ...single,
      name: "createToken",
      prepare: steps.readCode,
      run: steps.createToken,
      work: { signatures: 2 },
    },
    { ...cheap, name: "verifyToken", run: steps.verifyToken, work: { checks: 1 } },
    { ...cheap, name: "verifyToken, forged", run: steps.verifyForgedToken, work: { checks: 1 } },
    { ...cheap, name: "getMe", run: steps.getMe, work: { checks: 1 } },
    { ...cheap, name: "updateMe", run: steps.updateMe, work: { checks: 1 } },
    { ...single, name: "refreshToken", run: steps.refreshToken, work: { checks: 1, signatures: 2 } },
    { ...cheap, name: "exportMe", run: steps.exportMe, work: { checks: 1 } },
    { ...single, name: "setPassword", run: steps.setPassword, work: { checks: 1, hashes: 2 } },
    { ...single, name: "logout", run: steps.logout, work: { checks: 1 } },
    { ...single, name: "resetPassword", run: steps.resetPassword, work: {} },
    {
      ...single,
      name: "confirmPasswordReset",
      prepare: steps.readResetCode,
      run: steps.confirmPasswordReset,
      work: { hashes: 1 },
    },
    { name: "sign-in", requests: 2, rounds: 1, run: signIn, work: { hashes: 1, signatures: 2 } },
    { ...cheap, name: "listSessions", run: steps.listSessions, work: { checks: 1 } },
    { ...single, name: "endOtherSessions", run: steps.endOtherSessions, work: { checks: 1 } },
    { ...single, name: "setEmail", run: steps.setEmail, work: { checks: 1, hashes: 1 } },
    {
      ...single,
      name: "confirmEmail",
      prepare: steps.readNewAddressCode,
      run: steps.confirmEmail,
      work: { checks: 1 },
    },
    { ...single, name: "deleteMe", run: steps.deleteMe, work: { checks: 1, hashes: 1 } },
  ];
  const activate = consecutive(steps.createUser, steps.readCode, steps.activateUser);
  const life: Phase = {
    name: "whole life",
    requests: 8,
    rounds: 1,
    run: consecutive(activate, signIn, steps.getMe, steps.updateMe, steps.refreshToken, steps.deleteMe),
    work: { hashes: 3, signatures: 4, checks: 4 },
  };
  return { operations, life, activate, enter: consecutive(activate, signIn) };
};
