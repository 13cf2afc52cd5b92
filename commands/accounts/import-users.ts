// `npm run users:import -- users.jsonl [--stage prod]` imports accounts with their password hashes.
// Invalid lines are reported and skipped. Running the command again leaves imported accounts
// unchanged, but imports those again that were deleted since (see docs/operations.md).
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { accountImportStore } from "../../shared/admin/account-import-store.ts";
import { usernameTaken } from "../../shared/contract/errors.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { usernameKey } from "../../shared/identity/username.ts";
import { needsUpgrade } from "../../shared/passwords/password-hash.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import { describeError } from "../../shared/platform/logger.ts";
import { firstLines, type Turn } from "../user-files/first-lines.ts";
import { floorFor } from "../user-files/floor-advice.ts";
import { inParallel } from "../user-files/in-parallel.ts";
import { linesOf, openLines, type Line } from "../user-files/lines.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { rowReader, type ReadRow } from "../user-files/user-rows.ts";

const atOnce = 16;
const linesPerReport = 1_000;

type GoodRow = Exclude<ReadRow, { problems: string[] }>;
type Outcome = "imported" | "already there" | "empty" | string[];

type ReadLine = { number: number; row: ReadRow | "empty"; turn?: Turn };

/** The fields that no two accounts share. Without an id of its own, a row's id is made of these. */
const uniqueFields = ["email", "username", "id"] as const;
const words = { email: "address", username: "username", id: "id" };

async function* readLines(lines: AsyncIterable<Line>): AsyncGenerator<ReadLine> {
  const [readRow, takeTurn] = [rowReader(nowSeconds, pseudonyms.ofAddress), firstLines()];
  for await (const line of lines) {
    const { number } = line;
    if ("problem" in line) yield { number, row: { problems: [line.problem] } };
    else if (line.text.trim() === "") yield { number, row: "empty" };
    else {
      const row = await readRow(line.text);
      if ("problems" in row) yield { number, row };
      else {
        const { addressKey, username, id } = row.user;
        const keys = [`email ${addressKey}`, `username ${usernameKey(username)}`, `id ${id}`];
        yield { number, row, turn: takeTurn(number, keys) };
      }
    }
  }
}

const importer = () => {
  const store = accountImportStore();
  let [foreignHashes, floor] = [0, 0];

  const put = async ({ user, bringsId }: GoodRow): Promise<Outcome> => {
    const outcome = await store.put(user);
    if (outcome === "imported" && needsUpgrade(user.passwordHash)) {
      foreignHashes += 1;
      floor = Math.max(floor, floorFor(user.passwordHash));
    }
    if (outcome === "imported") return outcome;
    if (outcome === "address_taken") return ["email: Another account has this address."];
    if (outcome === "address_held")
      return [
        "email: Another account recently had this address and can return to it for up to seven days, or lost that mailbox within the last year.",
      ];
    if (outcome === "username_taken") return [`username: ${usernameTaken}`];
    // A derived id identifies the row, even if its account has another address by now.
    const isSameAccount = !bringsId || outcome.there.addressKey === user.addressKey;
    return isSameAccount ? "already there" : ["id: Another account has this id."];
  };

  const importLine = async ({ row, turn }: ReadLine): Promise<Outcome> => {
    if (row === "empty") return row;
    if ("problems" in row) return row.problems;
    let outcome: Outcome | undefined;
    try {
      const winners = (await turn?.winners()) ?? [];
      const fields = row.bringsId ? uniqueFields : uniqueFields.slice(0, 2);
      const problems = fields.flatMap((field, index) =>
        winners[index] === undefined
          ? []
          : [`${field}: The account of line ${winners[index]} has this ${words[field]}.`],
      );
      return (outcome = problems.length > 0 ? problems : await put(row));
    } finally {
      turn?.end(typeof outcome === "string");
    }
  };

  return { importLine, advice: () => ({ foreignHashes, floor }) };
};

const importUsers = async (): Promise<void> => {
  const { values, operands } = readCommandLine("users:import");
  const [file = ""] = operands;
  const target = await useTarget(values.stage);
  await using source = await openLines(file);
  const { importLine, advice } = importer();
  const counts = { imported: 0, "already there": 0, refused: 0, empty: 0 };

  const lines = readLines(linesOf(source.createReadStream({ autoClose: false })));
  const importAll = async () =>
    inParallel(lines, atOnce, async (line) => {
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
  await operatorLog(target, "users:import").acting({}, importAll, () => ({ counts }));

  if (counts.refused > 0) process.exitCode = 1;
  const { empty: _, ...told } = counts;
  const sums = Object.entries(told).map(([what, count]) => `${shownCount(count)} ${what}`);
  console.log(`Accounts of ${target.name}: ${sums.join(", ")}.`);
  const { foreignHashes, floor } = advice();
  if (foreignHashes > 0)
    console.log(
      `${shownCount(foreignHashes)} of them have hashes that take longer to verify than ours. Set REFUSAL_FLOOR_MILLISECONDS=${floor} and deploy, until these users have signed in.`,
    );
};

await runCommand(importUsers);
