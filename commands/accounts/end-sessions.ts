// `npm run sessions:end -- --email ada@example.com|--id …|--all [--stage prod]`. One write per
// account ends all its sessions, also those that begin at this moment.
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { operator } from "../../shared/events/actor.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { variable } from "../../shared/platform/environment.ts";
import { sessionEpochStore } from "../../shared/sessions/session-epoch-store.ts";
import { isAccount, type User } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";
import { ask } from "../terminal.ts";
import { checkpointBeside } from "../user-files/checkpoint.ts";
import { everyAccount } from "../user-files/every-account.ts";
import { peopleAt, personWithId, validAddress } from "./named-person.ts";

const requireName = async (name: string, typed: string | undefined): Promise<void> => {
  const question = `This ends the sessions of everyone. Type ${name} to do it: `;
  if (typed === undefined && !process.stdin.isTTY)
    throw new Error(`To end the sessions of everyone without a question, add --confirm ${name}.`);
  if ((typed ?? (await ask(question))).trim() !== name)
    throw new Error(`That is not ${name}. Nothing was changed.`);
};

/** By default it starts anew: sessions that began since an interrupted run must end too. */
const endAll = async (continues: boolean): Promise<number> => {
  const [table, epochs] = [variable("USERS_TABLE"), sessionEpochStore()];
  return everyAccount({
    table,
    checkpoint: checkpointBeside(`sessions-end.${table}`),
    continues,
    pagesAfter: scanAccounts,
    treat: async (account) => (await epochs.endAll(account, operator)) === "ended",
    onPage: (accounts) => console.error(`Sessions of ${shownCount(accounts)} accounts ended`),
  });
};

const accountOf = async ({ email, id }: { email?: string | undefined; id?: string | undefined }) => {
  const people = id === undefined ? await peopleAt(validAddress(email ?? "")) : [await personWithId(id)];
  const account = people.find((person): person is User => person !== undefined && isAccount(person));
  if (!account) throw new Error("No account has this address or id.");
  return account;
};

const endOne = async (account: User): Promise<string> => {
  if ((await sessionEpochStore().endAll(account, operator)) === "refused")
    throw new Error("The account was deleted.");
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
