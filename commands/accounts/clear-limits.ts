// `npm run limits:clear -- --email ada@example.com|--id …|--network 192.0.2.7 [--stage prod]`.
import { isIP } from "node:net";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { guessCounters, guessesFromNetwork, guessesOf } from "../../shared/limits/guess-counters.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { isAccount } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { peopleAt, personWithId, validAddress } from "./named-person.ts";
import { shownLimit } from "./person-report.ts";

type Options = { email?: string | undefined; id?: string | undefined; network?: string | undefined };

const countersOf = async ({ email, id, network }: Options) => {
  if (network !== undefined) {
    if (isIP(network) === 0) throw new Error(`--network: ${network} is no IP address.`);
    return { userIds: [], counters: guessesFromNetwork(await pseudonyms.ofNetwork(network)) };
  }
  if (email !== undefined) {
    const people = await peopleAt(validAddress(email));
    const account = people.find(isAccount);
    const addressKey = await pseudonyms.ofAddress(email);
    return { userIds: people.map((one) => one.id), counters: guessesOf(addressKey, account?.id) };
  }
  const person = await personWithId(id ?? "");
  if (!person) throw new Error("No account or registration has this id.");
  return { userIds: [person.id], counters: guessesOf(person.addressKey, person.id) };
};

const clearLimits = async (): Promise<string> => {
  const { values } = readCommandLine("limits:clear");
  const named = [values.email, values.id, values.network].filter((value) => value !== undefined);
  if (named.length !== 1)
    throw new Error(`Name one of --email, --id and --network. Usage: ${usageLine("limits:clear")}`);
  const target = await useTarget(values.stage);
  const { userIds, counters } = await countersOf(values);
  const act = values.network === undefined ? "person" : "network";
  const found = await operatorLog(target, "limits:clear").acting(
    { act, userIds },
    async () => {
      const found = await guessCounters().find(counters);
      const keys = new Set(counters.map(({ key }) => key));
      await Promise.all([...keys].map((key) => limitStore().clear(key)));
      return found;
    },
    (found) => ({ counts: Object.fromEntries(found.map(({ counts, number }) => [counts, number])) }),
  );
  const stays = "Limits of letters that strangers can cause stay.";
  if (found.length === 0) return `Nothing was counted, so no limit of guesses stood in the way. ${stays}`;
  return ["Forgotten:", ...found.map((one) => `  ${shownLimit(one)}`), stays].join("\n");
};

await runCommand(async () => console.log(await clearLimits()));
