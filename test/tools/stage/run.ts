// `npm run test:stage -- --url <ApiUrl> --mail-domain <domain> --mail-queue <LettersUrl>` runs
// test/api against a deployed stage. The mailbox stack must put letters to that domain into that
// queue. All test users share one network, so deploy the stage with the settings of
// `infra/generous-limits.ts`.
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { run, runScript } from "../../../infra/run-script.ts";
import { noRegion, UserError } from "../../../infra/user-error.ts";
import { serveMailbox } from "./mailbox.ts";

await runScript(async () => {
  const { values } = readCommandLine("test:stage");
  const { url, "mail-domain": domain, "mail-queue": queue } = values;
  if (url === undefined || domain === undefined || queue === undefined)
    throw new UserError(
      "Pass --url (output ApiUrl of the stage), --mail-domain, and --mail-queue (output LettersUrl of the mailbox stack).",
    );
  const mailbox = await serveMailbox(queue).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(reason.includes("Region is missing") ? noRegion : `${reason}.`);
  });
  try {
    await run("vitest", ["run", "--project", "api"], {
      environment: { ...process.env, BASE_URL: url, MAILBOX_URL: mailbox.url, MAIL_DOMAIN: domain },
    });
  } finally {
    await mailbox.stop();
  }
});
