// An operator runs `npm run webhook:secret` to give the secret of signatures to the receiver. It is
// shown on a terminal only, or written to a new file.
import { randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { readCommandLine, usageError } from "../../infra/command-line/command-line.ts";
import { readCurrent, replaceSecret } from "../../shared/keys/key-ring-store.ts";
import {
  finished,
  readRing,
  rotated,
  shownSecret,
  type WebhookRing,
} from "../../shared/webhooks/webhook-ring.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";
import { renewSender } from "./events-function.ts";

const whereTo = "The secret is shown on a terminal only. Use one, or add --file <path>.";

/** Opened before anything changes, so that a new secret always has a place to go. */
const openOutput = (file: string | undefined) => {
  if (file === undefined) {
    if (!process.stdout.isTTY) throw new Error(`${whereTo} Nothing was changed.`);
    return { show: (text: string) => console.log(text), dismiss: () => {} };
  }
  let output: number;
  try {
    output = openSync(file, "wx", 0o600);
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    const reason = isThere ? "it is there already, and a file is never overwritten" : String(error);
    throw new Error(`The file ${file} can't be made: ${reason}. Nothing was changed.`, { cause: error });
  }
  return {
    show: (text: string) => {
      writeSync(output, `${text}\n`);
      closeSync(output);
      console.log(`The secret is in ${file}, which only you can read. Delete the file when it is used.`);
    },
    dismiss: () => {
      closeSync(output);
      rmSync(file);
    },
  };
};

const secretIdOf = ({ name, outputs }: Target): string => {
  const id = outputs["WebhookSecretArn"];
  if (id === undefined)
    throw new Error(`There are no webhooks in ${name}. Set WEBHOOK_URL, and deploy or start it again.`);
  return id;
};

const replace = async (target: Target, ring: WebhookRing): Promise<string> => {
  await replaceSecret(secretIdOf(target), JSON.stringify(ring), randomUUID());
  return (await renewSender(target, new Date().toISOString())) === "renewed"
    ? "from now on"
    : "within five minutes";
};

const rotate = async (target: Target, ring: WebhookRing): Promise<string> => {
  if (ring.previous !== undefined)
    throw new Error(
      "Two secrets overlap already. Add --finish when the receiver has the new one. Nothing was changed.",
    );
  const next = rotated(ring);
  const when = await replace(target, next);
  console.log(
    `Webhooks of ${target.name} have two signatures ${when}, of the earlier secret and of this one. When the receiver has this one, run the command with --finish.`,
  );
  return shownSecret(next.current);
};

const finish = async (target: Target, ring: WebhookRing): Promise<void> => {
  if (ring.previous === undefined) {
    console.log(`Only one secret signs the webhooks of ${target.name}. Nothing was changed.`);
    return;
  }
  const when = await replace(target, finished(ring));
  console.log(`The earlier secret signs no webhooks of ${target.name} any more ${when}.`);
};

await runCommand(async () => {
  const { values } = readCommandLine("webhook:secret");
  if (values.finish && (values.rotate || values.file !== undefined))
    throw usageError("webhook:secret", "--finish shows no secret, so it stands alone.");
  const target = await useTarget(values.stage);
  const secretId = secretIdOf(target);
  const log = operatorLog(target, "webhook:secret");
  if (values.finish)
    return log.acting({ act: "finish" }, async () => finish(target, readRing(await readCurrent(secretId))));
  const output = openOutput(values.file);
  try {
    const secret = await log.acting({ act: values.rotate ? "rotate" : "show" }, async () => {
      const ring = readRing(await readCurrent(secretId));
      return values.rotate ? rotate(target, ring) : shownSecret(ring.current);
    });
    output.show(secret);
  } catch (error) {
    output.dismiss();
    throw error;
  }
});
