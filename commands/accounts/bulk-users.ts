// Deactivates or deletes the accounts that a file lists, one id or email address a line. Without
// `--confirm`, it only counts and checks. Administrators and frozen accounts are left alone, and
// registrations stay. After an interruption, run the same command again.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { userStore } from "../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../shared/accounts/user-update-store.ts";
import { operator } from "../../shared/events/actor.ts";
import { isAddress } from "../../shared/identity/email-address.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { describeError } from "../../shared/platform/logger.ts";
import { sessionStore } from "../../shared/sessions/session-store.ts";
import type { User } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { inParallel } from "../user-files/in-parallel.ts";
import { linesOf, openLines, type Line } from "../user-files/lines.ts";

const atOnce = 8;
const linesPerReport = 1_000;

type Act = "deactivate" | "delete";
type Outcome = "done" | "already done" | "not found" | "empty" | { problem: string };

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const deactivate = async (account: User): Promise<Outcome> => {
  const changed = await userUpdateStore().change(account, { status: "disabled" }, operator);
  return typeof changed === "string" ? { problem: "This account changed meanwhile." } : "done";
};

const remove = async (account: User): Promise<Outcome> => {
  if ((await userStore().remove(account, operator)) !== "removed") return "not found";
  await Promise.all([
    sessionStore().removeAll(account.id),
    enqueueLetter({ kind: "goodbye", userId: account.id }),
  ]);
  return "done";
};

const bulk = (act: Act, isConfirmed: boolean) => {
  const users = userStore();
  const find = async (text: string): Promise<User | undefined> => {
    const id = idPattern.test(text)
      ? text.toLowerCase()
      : await users.findIdByAddress(await pseudonyms.ofAddress(text));
    return id === undefined ? undefined : users.find(id);
  };

  return async (line: Line): Promise<Outcome> => {
    if ("problem" in line) return { problem: line.problem };
    const text = line.text.replace(/^\uFEFF/, "").trim();
    if (text === "") return "empty";
    if (!idPattern.test(text) && !isAddress(text)) return { problem: "Neither an id nor an email address." };
    const account = await find(text);
    if (!account) return "not found";
    if (account.isStaff) return { problem: "This is an administrator. Remove them from staff first." };
    if (account.addressMove && act === "deactivate")
      return { problem: "This account is frozen until its new address is confirmed." };
    if (act === "deactivate" && account.status === "disabled") return "already done";
    if (!isConfirmed) return "done";
    return act === "deactivate" ? deactivate(account) : remove(account);
  };
};

const bulkUsers = async (): Promise<void> => {
  const { values, operands } = readCommandLine("users:bulk");
  const [act, file] = operands as [Act, string];
  const isConfirmed = values.confirm;
  const target = await useTarget(values.stage);
  await using source = await openLines(file);
  const treat = bulk(act, isConfirmed);
  const counts = { done: 0, "already done": 0, "not found": 0, refused: 0, empty: 0 };

  const treatAll = async () =>
    inParallel(linesOf(source.createReadStream({ autoClose: false })), atOnce, async (line) => {
      const outcome = await treat(line).catch((error: unknown) => {
        throw new Error(
          `Stopped at line ${line.number}: ${describeError(error).name}. Run the same command again.`,
        );
      });
      if (line.number % linesPerReport === 0) console.error(`${shownCount(line.number)} lines read`);
      if (typeof outcome === "string") counts[outcome] += 1;
      else {
        counts.refused += 1;
        console.error(`line ${line.number}: ${outcome.problem}`);
      }
    });
  const logged = { act: isConfirmed ? act : `${act}, only checked` };
  await operatorLog(target, "users:bulk").acting(logged, treatAll, () => ({ counts }));

  if (counts.refused > 0) process.exitCode = 1;
  const { done, empty: _, ...others } = counts;
  const verb = act === "delete" ? "deleted" : "deactivated";
  const told = { [isConfirmed ? verb : `would be ${verb}`]: done, ...others };
  const sums = Object.entries(told).map(([what, count]) => `${shownCount(count)} ${what}`);
  console.log(`Accounts of ${target.name}: ${sums.join(", ")}.`);
  if (!isConfirmed) console.log("Nothing was changed. Run the same command with --confirm to do it.");
};

await runCommand(bulkUsers);
