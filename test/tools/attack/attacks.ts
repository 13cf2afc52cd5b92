// `npm run attack [-- "keep an owner out"]` performs a stranger's attacks over HTTP, against a new
// local stack with the limits of a deployment. For each attack it prints `held` if it failed, and
// `BROKEN` if it succeeded, which sets exit status 1. The argument selects attacks by a part of
// their name.
import {
  guessActivationCodes,
  guessLoginCodes,
  guessThenUseRightCode,
  submitInParallel,
} from "./attacks-on-codes.ts";
import {
  floodManyMailboxes,
  floodOneMailbox,
  keepNewDeviceOut,
  keepOut,
  invalidateCode,
  tellApart,
} from "./attacks-on-people.ts";
import { openAttackTarget, type AttackTarget, type Outcome } from "./attack-target.ts";

const attacks: Record<string, (target: AttackTarget) => Promise<Outcome>> = {
  "guess login codes from 500 networks": guessLoginCodes,
  "guess activation codes from 500 networks": guessActivationCodes,
  "flood one mailbox from 500 networks": floodOneMailbox,
  "flood many mailboxes from one network": floodManyMailboxes,
  "keep an owner out": keepOut,
  "keep a new device out after a reset": keepNewDeviceOut,
  "invalidate an owner's code": invalidateCode,
  "tell known from unknown by answers": tellApart,
  "submit the right code 16 times at once": submitInParallel,
  "use the right code after wrong guesses": guessThenUseRightCode,
};

const print = (text: string) => process.stdout.write(`${text}\n`);

const [chosen = ""] = process.argv.slice(2);

const started = performance.now();
const target = await openAttackTarget();
try {
  for (const [name, attack] of Object.entries(attacks)) {
    if (!name.includes(chosen)) continue;
    const { verdict, summary } = await attack(target);
    if (verdict === "BROKEN") process.exitCode = 1;
    print(`${verdict.padEnd(7)}  ${name}: ${summary}`);
  }
  print(`${((performance.now() - started) / 1000).toFixed(0)} s`);
} finally {
  await target.close();
}
