// `npm run users:export -- users.jsonl [--stage prod]` writes all accounts as `users:import` reads
// them. The file contains password hashes, so store it safely. After an interruption, the same
// command continues the export. Accounts that change during the export may be missing or outdated.
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { variable } from "../../shared/platform/environment.ts";
import { checkpointBeside, type Checkpoint } from "../user-files/checkpoint.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { createFile } from "../user-files/new-file.ts";
import { writeRow } from "../user-files/user-rows.ts";

const goOn = async (file: string, { bytes }: Checkpoint): Promise<FileHandle> => {
  const handle = await open(file, constants.O_RDWR);
  if ((await handle.stat()).size < bytes)
    throw new Error(`${file} is shorter than its checkpoint says. Remove both files and start again.`);
  // The accounts after the checkpoint are written again.
  await handle.truncate(bytes);
  return handle;
};

const writeAll = async (
  file: string,
  checkpoint: ReturnType<typeof checkpointBeside>,
  from: Checkpoint,
): Promise<Checkpoint> => {
  let state = from;
  const isNew = (await checkpoint.read()) === undefined;
  await using output = isNew ? await createFile(file) : await goOn(file, from);
  await checkpoint.write(state);
  for await (const { users, next } of scanAccounts(state.next)) {
    const lines = Buffer.from(users.map(writeRow).join(""));
    // One call of `write` may write only a part of the buffer.
    for (let written = 0; written < lines.length;)
      written += (await output.write(lines, written, lines.length - written, state.bytes + written))
        .bytesWritten;
    await output.datasync();
    state = {
      table: from.table,
      next,
      bytes: state.bytes + lines.length,
      accounts: state.accounts + users.length,
    };
    if (next) await checkpoint.write(state);
  }
  return state;
};

const exportUsers = async (): Promise<string> => {
  const { values, operands } = readCommandLine("users:export");
  const [file = ""] = operands;
  const target = await useTarget(values.stage);
  const table = variable("USERS_TABLE");
  const checkpoint = checkpointBeside(file);
  const earlier = await checkpoint.read();
  if (earlier && earlier.table !== table)
    throw new Error(`${checkpoint.path} belongs to an export of another stage. Choose another file.`);

  const state = await operatorLog(target, "users:export").acting(
    {},
    () => writeAll(file, checkpoint, earlier ?? { table, bytes: 0, accounts: 0 }),
    ({ accounts }) => ({ counts: { accounts } }),
  );
  await checkpoint.remove();
  return `Exported ${shownCount(state.accounts)} accounts of ${target.name} to ${file}, including their password hashes.`;
};

await runCommand(async () => console.log(await exportUsers()));
