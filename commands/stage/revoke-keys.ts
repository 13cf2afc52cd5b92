// An operator runs `npm run keys:revoke [-- --stage prod]` after a signing key has leaked.
import { randomUUID } from "node:crypto";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { dropPending, replaceSecret } from "../../shared/keys/key-ring-store.ts";
import { createSigningKeys, publicKeySet } from "../../shared/keys/signing-keys.ts";
import { environment } from "../../shared/platform/environment.ts";
import { confirm } from "../confirm.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";

const consequences = `All access and refresh tokens signed before are refused. Every user must sign in again with password and code.
Accounts, passwords and codes are unchanged. Earlier sessions can't be used any more and expire by themselves.
Other services trust the old key until they fetch jwks.json again: after 5 minutes by our Cache-Control, after 10 by jose's
default, and after up to an hour in API Gateway's authorizers. Restart them to be sure.`;

// A changed configuration makes Lambda replace execution environments, which cache the old keys.
const replaceExecutionEnvironments = async ({ functionNames }: Target, when: string) => {
  const lambda = new LambdaClient({});
  for (const FunctionName of functionNames) {
    const Description = `LIT Auth, keys revoked ${when}`;
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
  }
};

const revokeKeys = async (target: Target): Promise<void> => {
  const { SIGNING_KEYS_ID, VERIFICATION_KEYS_ID } = environment("SIGNING_KEYS_ID", "VERIFICATION_KEYS_ID");
  const ring = await createSigningKeys();
  const reason = randomUUID();
  // An unfinished rotation would bring back keys of the leaked ring.
  await dropPending(SIGNING_KEYS_ID);
  // First, functions and services must stop trusting the leaked key.
  await replaceSecret(VERIFICATION_KEYS_ID, JSON.stringify(publicKeySet(ring)), reason);
  await replaceSecret(SIGNING_KEYS_ID, JSON.stringify(ring), reason);
  await replaceExecutionEnvironments(target, new Date().toISOString());
};

await runCommand(async () => {
  const { values } = readCommandLine("keys:revoke");
  const target = await useTarget(values.stage);
  if (!values.yes)
    await confirm(
      `This revokes all signing keys of ${target.name}: everyone must sign in again, and it can't be undone.`,
    );
  await operatorLog(target, "keys:revoke").acting({}, () => revokeKeys(target));
  console.log(`Revoked all signing keys of ${target.name}.\n${consequences}`);
});
