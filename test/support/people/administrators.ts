// Creates administrators with the operators' command, and calls the staff operations as one.
import type { OperationName } from "../../../shared/contract/contract.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { call, succeed, type Answer } from "../calls/api.ts";
import { runCommand, type Ended } from "../calls/commands.ts";
import { codeTo, lettersTo } from "../mail/letters.ts";
import { newPerson, type Person } from "./people.ts";

/** Runs `npm run create-admin` in the folder of a running stack. */
export const runCreateAdmin = (folder: string, { email, username, password }: Person): Promise<Ended> =>
  runCommand("create-admin", ["--email", email, "--username", username], {
    folder,
    input: `${password}\n`,
  });

export const createAdministrator = async (folder: string, person: Person = newPerson()): Promise<Person> => {
  const { code, stderr } = await runCreateAdmin(folder, person);
  if (code !== 0) throw new Error(`create-admin failed: ${stderr}`);
  return person;
};

export const signInAgain = async (person: Person) => {
  const letters = (await lettersTo(person.email)).length;
  await succeed("requestOtp", { email: person.email, password: person.password });
  const otp_code = await codeTo(person.email, letters + 1);
  return succeed("createToken", { email: person.email, otp_code });
};

export const signedInAdmin = async (folder: string) => {
  const person = await createAdministrator(folder);
  const tokens = await signInAgain(person);
  const { id } = await succeed("getMe", undefined, { token: tokens.access });
  return { ...person, ...tokens, id };
};

export const pathOf = (name: OperationName, id = "", query: Record<string, string> = {}): string => {
  const search = new URLSearchParams(query).toString();
  return contract[name].path.replace("{id}", id) + (search === "" ? "" : `?${search}`);
};

type AdminCall = { id?: string; query?: Record<string, string>; body?: unknown };

export const administer = (
  { access: token }: { access: string },
  name: OperationName,
  { id, query, body }: AdminCall = {},
): Promise<Answer> => call(name, body, { token, path: pathOf(name, id, query) });
