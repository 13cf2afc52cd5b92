// An operator runs `npm run keys:revoke [-- --stage prod]` after a signing key has leaked.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { confirm } from "../confirm.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { revokeKeys } from "./key-revocation.ts";

const consequences = `All access and refresh tokens signed before are refused. Every user must sign in again with password and code.
Accounts, passwords and codes are unchanged. Earlier sessions can't be used any more and expire by themselves.
Other services trust the old key until they fetch jwks.json again: after 5 minutes by our Cache-Control, after 10 by jose's
default, and after up to an hour in API Gateway's authorizers. Restart them to be sure.`;

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
