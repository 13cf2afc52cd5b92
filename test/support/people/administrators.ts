/** Administrators, made as an operator makes them: by the command, on a stack of the test file's own. */
import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { OperationName } from "../../../shared/contract/contract.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { call, succeed, type Answer } from "../calls/api.ts";
import { codeTo, lettersTo } from "../mail/mailbox.ts";
import { newPerson, type Person } from "./people.ts";

const command = resolve("commands/create-admin.ts");

export type Ending = { code: number | null; stdout: string; stderr: string };

/** `dataDirectory` must be a `.local`, as the command looks for it where it runs. */
export const createAdmin = async (
  dataDirectory: string,
  { email, username, password }: Person,
): Promise<Ending> => {
  const options = ["--email", email, "--username", username];
  const child = spawn(process.execPath, [command, ...options], { cwd: dirname(dataDirectory) });
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  child.stdin.end(`${password}\n`);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
};

export const signInAgain = async (person: Person) => {
  const letters = (await lettersTo(person.email)).length;
  await succeed("requestOtp", { email: person.email, password: person.password });
  const otp_code = await codeTo(person.email, letters + 1);
  return succeed("createToken", { email: person.email, otp_code });
};

export const signedInAdmin = async (dataDirectory: string, person: Person = newPerson()) => {
  const { code, stderr } = await createAdmin(dataDirectory, person);
  if (code !== 0) throw new Error(stderr);
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
