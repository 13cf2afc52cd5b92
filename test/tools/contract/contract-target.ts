// Starts a stack with generous limits, and creates people through its API.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { startLocalStack } from "../../support/stacks/local-stack.ts";
import { createAdministrator } from "../../support/people/administrators.ts";
import { createClient } from "../bench/load/client.ts";
import { openLetterBox } from "../bench/load/letter-box.ts";
import { createPhases, newPerson, type Person } from "../bench/load/phases.ts";
import { overAll } from "../bench/stack/measure.ts";

export const openContractTarget = async () => {
  await freshenBundles();
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-contract-"));
  const stack = await startLocalStack({ dataDirectory: join(folder, ".local") });
  const client = createClient(stack.url);
  const letterBox = openLetterBox(join(folder, ".local/emails"));
  const phases = createPhases(client, letterBox);

  const people = async (count: number, prepare: (person: Person) => Promise<void>): Promise<Person[]> => {
    const all = Array.from({ length: count }, newPerson);
    await overAll(all, 4, prepare);
    return all;
  };

  return {
    url: stack.url,
    folder,
    client,
    letterBox,
    signedIn: (count: number) => people(count, phases.enter),
    administrator: async (): Promise<Person> => {
      const person = newPerson();
      await createAdministrator(folder, person);
      await phases.signIn(person);
      return person;
    },
    close: async () => {
      letterBox.close();
      client.close();
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

export type ContractTarget = Awaited<ReturnType<typeof openContractTarget>>;
