// `npm run users:export -- users.jsonl [--stage prod]` writes all accounts as `users:import` reads
// them. The file contains password hashes, so store it safely. After an interruption, the same
// command continues the export. Accounts that change during the export may be missing or outdated.
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { variable } from "../../shared/platform/environment.ts";
import { checkpointBeside, type Checkpoint } from "../user-files/checkpoint.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { writeRow } from "../user-files/user-rows.ts";

// An existing file is never overwritten: it may be needed, or be readable by others.
const create = (file: string): Promise<FileHandle> =>
  open(file, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw new Error(`${file} already exists. Remove it or choose another name.`);
    throw error;
  });

const goOn = async (file: string, { bytes }: Checkpoint): Promise<FileHandle> => {
  const handle = await open(file, constants.O_RDWR);
  if ((await handle.stat()).size < bytes)
    throw new Error(`${file} is shorter than its checkpoint says. Remove both files and start again.`);
  // The accounts after the checkpoint are written again.
  await handle.truncate(bytes);
  return handle;
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

  let state: Checkpoint = earlier ?? { table, bytes: 0, accounts: 0 };
  await using output = earlier ? await goOn(file, earlier) : await create(file);
  await checkpoint.write(state);
  for await (const { users, next } of scanAccounts(state.next)) {
    const lines = Buffer.from(users.map(writeRow).join(""));
    // One call of `write` may write only a part of the buffer.
    for (let written = 0; written < lines.length;)
      written += (await output.write(lines, written, lines.length - written, state.bytes + written))
        .bytesWritten;
    await output.datasync();
    state = { table, next, bytes: state.bytes + lines.length, accounts: state.accounts + users.length };
    if (next) await checkpoint.write(state);
  }
  await checkpoint.remove();
  return `Exported ${shownCount(state.accounts)} accounts of ${target.name} to ${file}, including their password hashes.`;
};

await runCommand(async () => console.log(await exportUsers()));
