import { describeError } from "../../shared/platform/logger.ts";
import type { Item } from "../../shared/store/documents.ts";
import type { User } from "../../shared/store/user-items.ts";
import type { checkpointBeside } from "./checkpoint.ts";
import { inParallel } from "./in-parallel.ts";

const atOnce = 16;

type Run = {
  table: string;
  checkpoint: Pick<ReturnType<typeof checkpointBeside>, "path" | "read" | "write" | "remove">;
  /** Only on request: by default, all accounts are treated, also those of an interrupted run. */
  continues: boolean;
  pagesAfter: (next: Item | undefined) => AsyncIterable<{ users: User[]; next: Item | undefined }>;
  treat: (account: User) => Promise<boolean>;
  onPage: (accounts: number) => void;
};

async function* each<Element>(elements: readonly Element[]): AsyncGenerator<Element> {
  yield* elements;
}

/** Returns of how many accounts `treat` returned true. */
export const everyAccount = async (run: Run): Promise<number> => {
  const { table, checkpoint, continues, pagesAfter, treat, onPage } = run;
  const earlier = continues ? await checkpoint.read() : undefined;
  if (continues && !earlier) throw new Error(`There is no ${checkpoint.path} here to continue.`);
  if (earlier && earlier.table !== table) throw new Error(`${checkpoint.path} is of another stage.`);
  let accounts = earlier?.accounts ?? 0;
  for await (const { users, next } of pagesAfter(earlier?.next)) {
    await inParallel(each(users), atOnce, async (account) => {
      if (await treat(account)) accounts += 1;
    }).catch((error: unknown) => {
      const { name } = describeError(error);
      throw new Error(`Stopped after ${accounts} accounts: ${name}. Add --continue to the same command.`);
    });
    if (next) await checkpoint.write({ table, next, bytes: 0, accounts });
    onPage(accounts);
  }
  await checkpoint.remove();
  return accounts;
};
