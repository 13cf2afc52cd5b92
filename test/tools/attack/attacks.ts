// `npm run attack [-- "keep an owner out"]` performs attacks of strangers and thieves over HTTP,
// against a new local stack with the limits of a deployment. For each attack it prints what was
// tried, what must be seen and what was seen, with `held` if the attack failed, and `BROKEN` if it
// succeeded, which sets exit status 1. The argument selects attacks by a part of their name.
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import type { Attack, Outcome } from "./attack-outcome.ts";
import { openAttackTarget } from "./attack-target.ts";
import { attacksByThieves } from "./attacks-by-thieves.ts";
import { attacksOnCodes } from "./attacks-on-codes.ts";
import { attacksOnDevices } from "./attacks-on-devices.ts";
import { attacksOnMailboxes } from "./attacks-on-mailboxes.ts";
import { attacksOnOwners } from "./attacks-on-owners.ts";
import { attacksOnPrivacy } from "./attacks-on-privacy.ts";
import { attacksOnRegistrations } from "./attacks-on-registrations.ts";
import { attacksOnResets } from "./attacks-on-resets.ts";

const attacks: Record<string, Attack> = {
  ...attacksOnCodes,
  ...attacksOnMailboxes,
  ...attacksOnOwners,
  ...attacksOnPrivacy,
  ...attacksOnRegistrations,
  ...attacksOnDevices,
  ...attacksByThieves,
  ...attacksOnResets,
};

const print = (text: string) => process.stdout.write(`${text}\n`);

const [chosen = ""] = readCommandLine("attack").operands;

const started = performance.now();
const target = await openAttackTarget();
/** If the owner can't do what they must be able to do, the attack has succeeded. */
const outcomeOf = ({ run }: Attack): Promise<Outcome> =>
  run(target).catch((error: unknown) => ({ held: false, saw: String(error) }));
try {
  for (const [name, attack] of Object.entries(attacks)) {
    if (!name.includes(chosen)) continue;
    const { held, saw } = await outcomeOf(attack);
    if (!held) process.exitCode = 1;
    print(`${(held ? "held" : "BROKEN").padEnd(7)}  tried:    ${name}`);
    print(`         expected: ${attack.expected}`);
    print(`         saw:      ${saw}`);
  }
  print(`${((performance.now() - started) / 1000).toFixed(0)} s`);
} finally {
  await target.close();
}
