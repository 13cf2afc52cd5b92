/**
 * `npm run attack [-- "keep an owner out"]`: what a stranger tries, over HTTP, against a stack of its own with the limits as deployed. One line for
 * each attack; exit status 1 if one got somewhere.
 */
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
  killLiveCode,
  tellApart,
} from "./attacks-on-people.ts";
import { openBattlefield, type Battlefield, type Outcome } from "./battlefield.ts";

const attacks: Record<string, (field: Battlefield) => Promise<Outcome>> = {
  "guess login codes from 500 sides": guessLoginCodes,
  "guess activation codes from 500 sides": guessActivationCodes,
  "flood one mailbox from 500 sides": floodOneMailbox,
  "flood many mailboxes from one network": floodManyMailboxes,
  "keep an owner out": keepOut,
  "keep a new device out after a reset": keepNewDeviceOut,
  "kill an owner's live code": killLiveCode,
  "tell known from unknown by answers": tellApart,
  "submit the right code 16 times at once": submitInParallel,
  "use the right code after wrong guesses": guessThenUseRightCode,
};

const print = (text: string) => process.stdout.write(`${text}\n`);

/** A part of a name: only these. */
const [chosen = ""] = process.argv.slice(2);

const started = performance.now();
const field = await openBattlefield();
try {
  for (const [name, attack] of Object.entries(attacks)) {
    if (!name.includes(chosen)) continue;
    const { ending, told } = await attack(field);
    if (ending === "BROKEN") process.exitCode = 1;
    print(`${ending.padEnd(7)}  ${name}: ${told}`);
  }
  print(`${((performance.now() - started) / 1000).toFixed(0)} s`);
} finally {
  await field.close();
}
