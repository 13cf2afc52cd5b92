// Creates an administrator, or sets username and password of the account with this address, enables
// it and makes it staff. A new stack has no administrator. Running it again ends the account's
// sessions.
import { randomUUID } from "node:crypto";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { userStore } from "../../shared/accounts/user-store.ts";
import { administratorStore } from "../../shared/admin/administrator-store.ts";
import * as schemas from "../../shared/contract/schemas.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { passwordProblems } from "../../shared/passwords/password-rules.ts";
import { askPassword } from "../ask-password.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget } from "../target.ts";

const valid = (schema: typeof schemas.email, option: string, value: string | undefined): string => {
  if (value === undefined) throw new Error(`--${option} is missing. Usage: ${usageLine("create-admin")}`);
  const { data, error } = schema.safeParse(value);
  if (data === undefined) throw new Error(`--${option}: ${error?.issues[0]?.message ?? "not valid"}`);
  return data;
};

const createAdmin = async (): Promise<string> => {
  const { values } = readCommandLine("create-admin");
  const email = valid(schemas.email, "email", values.email);
  const username = valid(schemas.username, "username", values.username);
  const target = await useTarget(values.stage);

  const password = await askPassword();
  const problems = await passwordProblems(password, { username, email, firstName: "", lastName: "" });
  if (problems.length > 0) throw new Error(problems.join(" "));

  const [addressKey, passwordHash] = [await pseudonyms.ofAddress(email), await passwordHasher.hash(password)];
  const id = randomUUID();
  const userIds = [(await userStore().findIdByAddress(addressKey)) ?? id];
  const outcome = await operatorLog(target, "create-admin").acting(
    { userIds },
    () => administratorStore().appoint({ id, username, email, addressKey, passwordHash }),
    (appointed) => ({ outcome: appointed }),
  );
  switch (outcome) {
    case "username_taken":
      throw new Error(`The username ${username} is taken. Choose another with --username.`);
    case "address_held":
      throw new Error(
        `Another account recently had the address ${email} and can return to it for up to seven days, or lost that mailbox within the last year. Use another address, or try again later.`,
      );
    case "frozen":
      throw new Error(
        `The account ${email} is frozen until its new address is confirmed. Cancel that with npm run users:move.`,
      );
    case "created":
      return `Created ${email} as an administrator of ${target.name}. Sign in with the password and the code from the email.`;
    case "promoted":
      return `${email} is an administrator of ${target.name} and has this username and password now. All earlier sessions have ended.`;
    default:
      return outcome satisfies never;
  }
};

await runCommand(async () => console.log(await createAdmin()));
