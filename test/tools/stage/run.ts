/**
 * `npm run test:stage -- --url <ApiUrl> --mail-domain <domain> --mail-queue <LettersUrl>`: the black-box suite against a
 * deployed stage, whose letters to that domain the mailbox's stack puts into that queue. All its people come from one network,
 * so such a stage is deployed with the settings of `infra/generous-limits.ts`.
 */
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
      "Needs --url, --mail-domain and --mail-queue: outputs of the stage and of its mailbox.",
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
