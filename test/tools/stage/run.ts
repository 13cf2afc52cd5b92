// `npm run test:stage -- --url <ApiUrl> --mail-domain <domain> --mail-queue <LettersUrl>` runs
// test/api against a deployed stage. The mailbox stack must put letters to that domain into that
// queue. All test users share one network, so deploy the stage with the settings of
// `infra/generous-limits.ts`.
import { parseArgs } from "node:util";
import { run, runScript } from "../../../infra/run-script.ts";
import { UserError } from "../../../infra/user-error.ts";
import { serveMailbox } from "./mailbox.ts";

const text = { type: "string" } as const;

await runScript(async () => {
  const { values } = parseArgs({ options: { url: text, "mail-domain": text, "mail-queue": text } });
  const { url, "mail-domain": domain, "mail-queue": queue } = values;
  if (url === undefined || domain === undefined || queue === undefined)
    throw new UserError(
      "Pass --url (output ApiUrl of the stage), --mail-domain, and --mail-queue (output LettersUrl of the mailbox stack).",
    );
  const mailbox = await serveMailbox(queue);
  try {
    await run("vitest", ["run", "--project", "api"], {
      environment: { ...process.env, BASE_URL: url, MAILBOX_URL: mailbox.url, MAIL_DOMAIN: domain },
    });
  } finally {
    await mailbox.stop();
  }
});
