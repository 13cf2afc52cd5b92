// The measured phases: each operation by itself, and sequences of operations.
import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Client } from "./client.ts";
import type { Work } from "../stack/floor-messages.ts";
import type { LetterBox } from "./letter-box.ts";

export type Person = {
  username: string;
  email: string;
  password: string;
  code: string;
  access: string;
  refresh: string;
  /** The device token of the last sign-in. */
  knownDevice: string;
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
  /** Only this half runs the phase, because an account with a new address can't be deleted. */
  half?: "first" | "second";
  /** Warms the function up with calls that need no new person. */
  warm?: (person: Person) => Promise<void>;
};

/** Uses other letters than usernames, so that no password resembles its owner's name. */
const newPassword = (): string =>
  `Granite-${[...randomBytes(12)].map((byte) => "ghijklmnopqrstuv"[byte % 16]).join("")}`;

export const newPerson = (): Person => {
  const username = `b${randomBytes(8).toString("hex")}`;
  const password = newPassword();
  const email = `${username}@example.com`;
  return { username, email, password, code: "", access: "", refresh: "", knownDevice: "" };
};

const newAddressOf = (email: string) => `new-${email}`;

const tokenPair = z.object({ access: z.string(), refresh: z.string() });

/** The people who run a phase. Each half has at least one. */
export const peopleOf = <Someone>({ half }: Phase, people: readonly Someone[]): Someone[] => {
  const middle = Math.ceil(people.length / 2);
  if (half === undefined) return [...people];
  return half === "first" ? people.slice(0, middle) : people.slice(people.length - middle);
};

/** V8 continues to optimise cheap operations for hundreds of calls, so these are repeated. */
const cheapRounds = 9;

const wrongCode = "000000";
const wrongLongCode = "AAAA-AAAA-AAAA-AAAA";

export const createPhases = (client: Client, { codeTo, longCodeTo }: LetterBox) => {
  const { call, callForStatus, callForHeaders } = client;
  // Unknown addresses, so that no limit of an address is reached.
  const refusals = {
    activateUser: async () => {
      const body = { email: newPerson().email, otp_code: wrongCode };
      await callForStatus("activateUser", { body }, 400);
    },
    createToken: async () => {
      await callForStatus("createToken", { body: { email: newPerson().email, otp_code: wrongCode } }, 401);
    },
    resetPassword: async () => {
      await call("resetPassword", { body: { email: newPerson().email } });
    },
    confirmEmail: async ({ access }: Person) => {
      await callForStatus("confirmEmail", { token: access, body: { otp_code: wrongLongCode } }, 400);
    },
  };
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
      const answer = await callForHeaders("createToken", { body: { email, otp_code: code } });
      Object.assign(person, tokenPair.parse(answer.body), { knownDevice: answer.deviceToken });
    },
    requestOtpFromKnownDevice: async ({ email, password, knownDevice: deviceToken }: Person) => {
      await call("requestOtp", { body: { email, password }, deviceToken });
    },
    createTokenFromKnownDevice: async (person: Person) => {
      const { email, code, knownDevice: deviceToken } = person;
      const body = { email, otp_code: code };
      Object.assign(person, tokenPair.parse(await call("createToken", { body, deviceToken })));
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
  const signInFromKnownDevice = consecutive(
    steps.requestOtpFromKnownDevice,
    steps.readCode,
    steps.createTokenFromKnownDevice,
  );

  const single = { requests: 1, rounds: 1 };
  const cheap = { requests: 1, rounds: cheapRounds };
  const warmItself = (phase: Phase): Phase => (phase.rounds > 1 ? { ...phase, warm: phase.run } : phase);
  const operations: Phase[] = [
    { ...single, name: "createUser", run: steps.createUser, work: { hashes: 1 } },
    {
      ...single,
      name: "activateUser",
      prepare: steps.readCode,
      run: steps.activateUser,
      work: {},
      warm: refusals.activateUser,
    },
    { ...single, name: "requestOtp", run: steps.requestOtp, work: { hashes: 1 } },
    {
      ...single,
      name: "createToken",
      prepare: steps.readCode,
      run: steps.createToken,
      work: { signatures: 2 },
      warm: refusals.createToken,
    },
    { ...cheap, name: "verifyToken", run: steps.verifyToken, work: { checks: 1 } },
    { ...cheap, name: "verifyToken, forged", run: steps.verifyForgedToken, work: { checks: 1 } },
    { ...cheap, name: "getMe", run: steps.getMe, work: { checks: 1 } },
    { ...cheap, name: "updateMe", run: steps.updateMe, work: { checks: 1 } },
    {
      ...single,
      name: "refreshToken",
      run: steps.refreshToken,
      work: { checks: 1, signatures: 2 },
      // Within 30 seconds, each gets the same pair again, with the same signatures.
      warm: steps.refreshToken,
    },
    { ...cheap, name: "exportMe", run: steps.exportMe, work: { checks: 1 } },
    { ...single, name: "setPassword", run: steps.setPassword, work: { checks: 1, hashes: 2 } },
    { ...single, name: "logout", run: steps.logout, work: { checks: 1 }, warm: steps.logout },
    {
      ...single,
      name: "resetPassword",
      run: steps.resetPassword,
      work: {},
      warm: refusals.resetPassword,
    },
    {
      ...single,
      name: "confirmPasswordReset",
      prepare: steps.readResetCode,
      run: steps.confirmPasswordReset,
      work: { hashes: 1 },
    },
    { name: "sign-in", requests: 2, rounds: 1, run: signIn, work: { hashes: 1, signatures: 2 } },
    {
      name: "sign-in, known device",
      requests: 2,
      rounds: 1,
      run: signInFromKnownDevice,
      work: { hashes: 1, signatures: 2 },
    },
    { ...cheap, name: "listSessions", run: steps.listSessions, work: { checks: 1 } },
    {
      ...single,
      name: "endOtherSessions",
      run: steps.endOtherSessions,
      work: { checks: 1 },
      warm: steps.endOtherSessions,
    },
    { ...single, half: "first", name: "setEmail", run: steps.setEmail, work: { checks: 1, hashes: 1 } },
    {
      ...single,
      half: "first",
      name: "confirmEmail",
      prepare: steps.readNewAddressCode,
      run: steps.confirmEmail,
      work: { checks: 1 },
      warm: refusals.confirmEmail,
    },
    { ...single, half: "second", name: "deleteMe", run: steps.deleteMe, work: { checks: 1, hashes: 1 } },
  ];
  const activate = consecutive(steps.createUser, steps.readCode, steps.activateUser);
  const life: Phase = {
    name: "whole life",
    requests: 8,
    rounds: 1,
    run: consecutive(activate, signIn, steps.getMe, steps.updateMe, steps.refreshToken, steps.deleteMe),
    work: { hashes: 3, signatures: 4, checks: 4 },
  };
  const enter = consecutive(activate, signIn);
  return { operations: operations.map(warmItself), life, activate, signIn, enter };
};
