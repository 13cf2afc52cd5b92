// `npm run users:import -- users.jsonl [--stage prod]` imports accounts with their password hashes.
// Invalid lines are reported and skipped. Running the command again leaves imported accounts
// unchanged, but imports those again that were deleted since (see docs/operations.md).
import { open } from "node:fs/promises";
import { accountImportStore } from "../shared/admin/account-import-store.ts";
import { usernameTaken } from "../shared/contract/errors.ts";
import { pseudonyms } from "../shared/identity/pseudonyms.ts";
import { needsUpgrade } from "../shared/passwords/password-hash.ts";
import { nowSeconds } from "../shared/platform/clock.ts";
import { describeError } from "../shared/platform/logger.ts";
import { fileAndStage } from "./user-files/file-and-stage.ts";
import { inParallel } from "./user-files/in-parallel.ts";
import { linesOf, type Line } from "./user-files/lines.ts";
import { runCommand, shownCount } from "./run-command.ts";
import { useTarget } from "./target.ts";
import { rowReader } from "./user-files/user-rows.ts";

const atOnce = 16;
const linesPerReport = 1_000;

type Outcome = "imported" | "already there" | "empty" | string[];

const importer = () => {
  const [store, readRow] = [accountImportStore(), rowReader(nowSeconds, pseudonyms.ofAddress)];
  let foreignHashes = 0;

  const importLine = async (line: Line): Promise<Outcome> => {
    if ("problem" in line) return [line.problem];
    if (line.text.trim() === "") return "empty";
    const row = await readRow(line.text);
    if ("problems" in row) return row.problems;
    const outcome = await store.put(row.user);
    if (outcome === "imported") foreignHashes += needsUpgrade(row.user.passwordHash) ? 1 : 0;
    if (outcome === "imported") return outcome;
    if (outcome === "address_taken") return ["email: Another account has this address."];
    if (outcome === "address_held")
      return [
        "email: Another account recently had this address and can return to it for up to seven days, or lost that mailbox within the last year.",
      ];
    if (outcome === "username_taken") return [`username: ${usernameTaken}`];
    // A derived id identifies the row, even if its account has another address by now.
    const isSameAccount = !row.bringsId || outcome.there.addressKey === row.user.addressKey;
    return isSameAccount ? "already there" : ["id: Another account has this id."];
  };

  return { importLine, foreignHashes: () => foreignHashes };
};

const importUsers = async (): Promise<void> => {
  const { file, stage } = fileAndStage("users:import");
  await using source = await open(file);
  const target = await useTarget(stage);
  const { importLine, foreignHashes } = importer();
  const counts = { imported: 0, "already there": 0, refused: 0, empty: 0 };

  await inParallel(linesOf(source.createReadStream({ autoClose: false })), atOnce, async (line) => {
    const { number } = line;
    const outcome = await importLine(line).catch((error: unknown) => {
      // Only the error's name is shown, because its message could contain data of the line.
      throw new Error(
        `Stopped at line ${number}: ${describeError(error).name}. Run the same command again. Accounts that were imported stay as they are.`,
      );
    });
    if (number % linesPerReport === 0) console.error(`${shownCount(number)} lines read`);
    if (typeof outcome === "string") counts[outcome] += 1;
    else {
      counts.refused += 1;
      for (const problem of outcome) console.error(`line ${number}: ${problem}`);
    }
  });

  if (counts.refused > 0) process.exitCode = 1;
  const { empty: _, ...told } = counts;
  const sums = Object.entries(told).map(([what, count]) => `${shownCount(count)} ${what}`);
  console.log(`Accounts of ${target.name}: ${sums.join(", ")}.`);
  if (foreignHashes() > 0)
    console.log(
      `${shownCount(foreignHashes())} of them have hashes that take longer to verify than ours. Set REFUSAL_FLOOR_MILLISECONDS=800 and deploy, until these users have signed in.`,
    );
};

await runCommand(importUsers);
