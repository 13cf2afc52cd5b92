// People written straight into the stores of a running stack, for tests that are not about how
// people register and sign in. They have had no letter.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { awsVariables, readStackFile } from "../../../commands/running-stack.ts";
import { accountImportStore } from "../../../shared/admin/account-import-store.ts";
import { noAttributes } from "../../../shared/attributes/stored-attributes.ts";
import { usernameKey } from "../../../shared/identity/username.ts";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { passwordHasher } from "../../../shared/passwords/password-hash.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { tokenSigner } from "../../../shared/sessions/tokens.ts";
import { newPerson, type Person } from "../people/people.ts";
import { outputOf } from "../stacks/stack-outputs.ts";
import { knownPassword } from "./known-passwords.ts";

type InFolder = { folder: string };
type Changes = Partial<Person> & { isStaff?: boolean };

/** Sets what stores of this process need to work on the stack of a folder. */
export const useStack = (folder: string): void => {
  const stack = readStackFile(join(folder, ".local"));
  const output = (name: string) => outputOf(stack, name);
  Object.assign(process.env, {
    ...awsVariables(stack),
    USERS_TABLE: output("UsersTable"),
    SESSIONS_TABLE: output("SessionsTable"),
    HISTORY_TABLE: output("HistoryTable"),
    HISTORY_DAYS: "90",
    PSEUDONYM_SECRET_ID: output("KeyArn"),
    SIGNING_KEYS_ID: output("SigningKeysArn"),
    PUBLIC_URL: output("PublicUrl"),
    TOKEN_AUDIENCE: "lit-auth",
    ACCESS_TOKEN_LIFETIME_SECONDS: "900",
    SESSION_IDLE_SECONDS: "604800",
    SESSION_LIFETIME_SECONDS: "2592000",
  });
};

/** As after `activated`, except that it costs no letter and no hash. */
export const presetAccount = async ({ folder }: InFolder, { isStaff = false, ...changes }: Changes = {}) => {
  useStack(folder);
  const { password, passwordHash } =
    changes.password === undefined
      ? knownPassword()
      : { password: changes.password, passwordHash: await passwordHasher.hash(changes.password) };
  const { username, email } = newPerson(changes);
  const id: string = randomUUID();
  const outcome = await accountImportStore().put({
    id,
    username,
    email,
    addressKey: await pseudonyms.ofAddress(email),
    passwordHash,
    usernameKey: usernameKey(username),
    ...noAttributes,
    status: "active",
    isStaff,
    sessionEpoch: 0,
    createdAt: nowSeconds(),
  });
  if (outcome !== "imported") throw new Error(`no preset account: ${JSON.stringify(outcome)}`);
  return { id, username, email, password };
};

/** A further session of an account that has ended none. */
export const presetSignIn = async ({ folder }: InFolder, { id }: { id: string }) => {
  useStack(folder);
  return tokenSigner().pair(await sessionStore().create(id, 0, "Unknown device"));
};

/** As after `signedIn`, except that the person has no device token. */
export const presetSession = async (stack: InFolder, changes: Changes = {}) => {
  const person = await presetAccount(stack, changes);
  return { ...person, ...(await presetSignIn(stack, person)) };
};
