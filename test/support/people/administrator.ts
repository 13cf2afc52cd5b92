/** The first administrator, made as an operator makes him: by `npm run create-admin` in the folder of a running stack. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { newPerson, type Person } from "./people.ts";

const command = resolve("commands/create-admin.ts");

/** `folder` is where the stack's `.local/` lies. */
export const createAdministrator = async (folder: string, person: Person = newPerson()): Promise<Person> => {
  const parameters = [command, "--email", person.email, "--username", person.username];
  const child = spawn(process.execPath, parameters, { cwd: folder, stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.end(`${person.password}\n`);
  const code = new Promise((done) => child.on("close", done));
  const complaint = await text(child.stderr);
  if ((await code) !== 0) throw new Error(`create-admin failed: ${complaint}`);
  return person;
};
