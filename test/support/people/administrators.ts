// Creates administrators, and calls the staff operations as one.
import { randomUUID } from "node:crypto";
import { administratorStore } from "../../../shared/admin/administrator-store.ts";
import { invitationStore } from "../../../shared/admin/invitation-store.ts";
import type { OperationName } from "../../../shared/contract/contract.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { passwordHasher } from "../../../shared/passwords/password-hash.ts";
import { call, succeed, type Answer } from "../calls/api.ts";
import { runCommand, type Ended } from "../calls/commands.ts";
import { codeTo, lettersTo } from "../mail/letters.ts";
import { presetAccount, presetSession, useStack } from "../presets/presets.ts";
import { newPerson, type Person } from "./people.ts";

/** Runs `npm run create-admin` in the folder of a running stack. */
export const runCreateAdmin = (folder: string, { email, username, password }: Person): Promise<Ended> =>
  runCommand("create-admin", ["--email", email, "--username", username], {
    folder,
    input: `${password}\n`,
  });

/** Invites without an administrator's session and without a letter. */
export const invited = async ({ folder }: { folder: string }): Promise<Person> => {
  useStack(folder);
  const person = newPerson();
  const { email } = person;
  const addressKey = await pseudonyms.ofAddress(email);
  const order = { email, addressKey, invitedBy: randomUUID(), inviteRequestId: randomUUID(), profile: {} };
  const outcome = await invitationStore().invite(order, []);
  if (typeof outcome === "string") throw new Error(`not invited: ${outcome}`);
  return person;
};

/** Does what the command does, without its process, which takes longer than the rest of a test. */
export const createAdministrator = async (folder: string, person?: Person): Promise<Person> => {
  if (person === undefined) return presetAccount({ folder }, { isStaff: true });
  useStack(folder);
  const { email, username, password } = person;
  const [addressKey, passwordHash] = [await pseudonyms.ofAddress(email), await passwordHasher.hash(password)];
  const outcome = await administratorStore().appoint({
    id: randomUUID(),
    username,
    email,
    addressKey,
    passwordHash,
  });
  if (outcome !== "created" && outcome !== "promoted") throw new Error(`no administrator: ${outcome}`);
  return person;
};

export const signInAgain = async (person: Person) => {
  const letters = (await lettersTo(person.email)).length;
  await succeed("requestOtp", { email: person.email, password: person.password });
  const otp_code = await codeTo(person.email, letters + 1);
  return succeed("createToken", { email: person.email, otp_code });
};

export const signedInAdmin = (folder: string) => presetSession({ folder }, { isStaff: true });

export const pathOf = (
  name: OperationName,
  id = "",
  query: Record<string, string> = {},
  sessionId = "00000000-0000-4000-8000-000000000000",
): string => {
  const search = new URLSearchParams(query).toString();
  const path = contract[name].path.replace("{id}", id).replace("{session_id}", sessionId);
  return path + (search === "" ? "" : `?${search}`);
};

type AdminCall = { id?: string; sessionId?: string; query?: Record<string, string>; body?: unknown };

export const administer = (
  { access: token }: { access: string },
  name: OperationName,
  { id, sessionId, query, body }: AdminCall = {},
): Promise<Answer> => call(name, body, { token, path: pathOf(name, id, query, sessionId) });
