// `npm run users:find -- --email ada@example.com [--stage prod]` prints what support needs to know.
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { findPeople, reportOf, shownReport } from "./person-report.ts";

const findUsers = async (): Promise<void> => {
  const { values } = readCommandLine("users:find");
  const { email, username, id, show } = values;
  if (email === undefined && username === undefined && id === undefined)
    throw new Error(`Name --email, --username or --id. Usage: ${usageLine("users:find")}`);
  const target = await useTarget(values.stage);
  const { reports, isPart } = await operatorLog(target, "users:find").acting(
    { act: show ? "show" : "masked" },
    async () => {
      const { people, isPart } = await findPeople({ email, username, id });
      return { reports: await Promise.all(people.map((person) => reportOf(person, { show }))), isPart };
    },
    ({ reports }) => ({ userIds: reports.map((report) => report.id) }),
  );
  if (reports.length === 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ people: reports, more: isPart }, undefined, 2));
  else if (reports.length > 0) console.log(reports.map(shownReport).join("\n\n"));
  if (reports.length === 0) console.error(`No one in ${target.name} matches.`);
  if (isPart) console.error("There are more people. Type more of the address or username.");
};

await runCommand(findUsers);
