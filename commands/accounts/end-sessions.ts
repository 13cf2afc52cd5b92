// `npm run sessions:end -- --email ada@example.com|--id …|--all [--stage prod]`. One write per
// account ends all its sessions, also those that begin at this moment.
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { variable } from "../../shared/platform/environment.ts";
import { describeError } from "../../shared/platform/logger.ts";
import { sessionEpochStore } from "../../shared/sessions/session-epoch-store.ts";
import { isAccount, type User } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";
import { ask } from "../terminal.ts";
import { checkpointBeside } from "../user-files/checkpoint.ts";
import { inParallel } from "../user-files/in-parallel.ts";
import { peopleAt, personWithId, validAddress } from "./named-person.ts";

const atOnce = 16;

const requireName = async (name: string, typed: string | undefined): Promise<void> => {
  const question = `This ends the sessions of everyone. Type ${name} to do it: `;
  if (typed === undefined && !process.stdin.isTTY)
    throw new Error(`To end the sessions of everyone without a question, add --confirm ${name}.`);
  if ((typed ?? (await ask(question))).trim() !== name)
    throw new Error(`That is not ${name}. Nothing was changed.`);
};

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** An earlier run is continued only on request: sessions that began since must end too. */
const endAll = async (continues: boolean): Promise<number> => {
  const table = variable("USERS_TABLE");
  const checkpoint = checkpointBeside(`sessions-end.${table}`);
  const earlier = await checkpoint.read();
  if (continues && !earlier) throw new Error(`There is no ${checkpoint.path} here to continue.`);
  const epochs = sessionEpochStore();
  let { next, accounts } = continues && earlier ? earlier : { next: undefined, accounts: 0 };
  for await (const page of scanAccounts(next)) {
    await inParallel(each(page.users), atOnce, async (account) => {
      if ((await epochs.endAll(account)) === "ended") accounts += 1;
    }).catch((error: unknown) => {
      throw new Error(`Stopped: ${describeError(error).name}. Add --continue to the same command.`);
    });
    next = page.next;
    console.error(`Sessions of ${shownCount(accounts)} accounts ended`);
    if (next) await checkpoint.write({ table, next, bytes: 0, accounts });
  }
  await checkpoint.remove();
  return accounts;
};

const accountOf = async ({ email, id }: { email?: string | undefined; id?: string | undefined }) => {
  const people = id === undefined ? await peopleAt(validAddress(email ?? "")) : [await personWithId(id)];
  const account = people.find((person): person is User => person !== undefined && isAccount(person));
  if (!account) throw new Error("No account has this address or id.");
  return account;
};

const endOne = async (account: User): Promise<string> => {
  if ((await sessionEpochStore().endAll(account)) === "refused") throw new Error("The account was deleted.");
  return `All sessions of ${account.id} have ended.`;
};

const endSessions = async (target: Target, values: ReturnType<typeof readValues>): Promise<string> => {
  const log = operatorLog(target, "sessions:end");
  if (!values.all) {
    const account = await accountOf(values);
    return log.acting({ userIds: [account.id] }, () => endOne(account));
  }
  await requireName(values.stage ?? "local", values.confirm);
  const accounts = await log.acting(
    { act: values.continue ? "all, continued" : "all" },
    () => endAll(values.continue),
    (accounts) => ({ counts: { accounts } }),
  );
  return `The sessions of ${shownCount(accounts)} accounts of ${target.name} have ended.`;
};

const readValues = () => {
  const { values } = readCommandLine("sessions:end");
  const named = [values.email, values.id, values.all || undefined].filter((value) => value !== undefined);
  if (named.length !== 1)
    throw new Error(`Name one of --email, --id and --all. Usage: ${usageLine("sessions:end")}`);
  return values;
};

await runCommand(async () => {
  const values = readValues();
  console.log(await endSessions(await useTarget(values.stage), values));
});
