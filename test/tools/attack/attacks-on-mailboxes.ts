// Attacks that flood mailboxes.
import { mailboxOf } from "../../../shared/identity/email-address.ts";
import { probes, suspectAt } from "../../support/calls/enumeration-probes.ts";
import { forgedOrigin } from "../bench/load/networks.ts";
import { newPerson } from "../bench/load/phases.ts";
import { countOf, heldIf, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget } from "./attack-target.ts";

const noAsker = { takenUsername: "nobody", asker: { token: "", password: "" } };
const lettersAsked = 500;

type Way = "register" | "ask for a reset" | "ask with the password registered";

/** Asks for letters to all spellings of one mailbox, and returns how many it gets. */
const floodOneMailbox = async (
  target: AttackTarget,
  spellings: readonly string[],
  ways: readonly Way[],
  most: number,
): Promise<Outcome> => {
  const suspects = spellings.map((email) => suspectAt(email, noAsker));
  for (const way of ways)
    await target.sendMany(Math.floor(lettersAsked / ways.length), (number, network) => {
      const { operation, body } = probes[way](suspects[number % suspects.length]!);
      return target.networks.send(network, operation, { body });
    });
  const mailbox = mailboxOf(spellings[0]!);
  const letters = await target.letters.countTo((address) => mailboxOf(address) === mailbox);
  return heldIf(
    letters <= most,
    `${letters} of ${lettersAsked} letters were sent, requested in ${ways.length} ways with ${spellings.length} spellings`,
  );
};

const floodManyMailboxes = async (target: AttackTarget): Promise<Outcome> => {
  const network = target.newNetwork();
  const answers = await target.sendMany(lettersAsked, (number) => {
    const { username, password } = newPerson();
    const body = { username, email: `many-${username}@example.com`, password };
    return target.networks.send(network, "createUser", { body, headers: forgedOrigin(number) });
  });
  const letters = await target.letters.countTo((address) => address.startsWith("many-"));
  return heldIf(
    letters <= 20,
    `${letters} of ${lettersAsked} letters to different mailboxes were sent, ${countOf(answers, 429)} requests refused`,
  );
};

const numbers = Array.from({ length: 40 }, (_, number) => number);
const tagged = (email: string) => numbers.map((number) => email.replace("@", `+${number}@`));

/** The bits of the number say where the dots are. */
const dotted = (name: string, number: number): string =>
  [...name]
    .map((letter, index) => (index > 0 && (number >> (index - 1)) % 2 === 1 ? `.${letter}` : letter))
    .join("");
const gmailSpellings = (name: string) =>
  numbers.map(
    (number) =>
      `${dotted(name, number)}${number % 3 === 0 ? `+${number}` : ""}@${number % 2 === 0 ? "gmail.com" : "googlemail.com"}`,
  );
const yahooSpellings = (name: string) => numbers.map((number) => `${name}-${number}@yahoo.com`);

// The limits are three in ten minutes and five an hour. An attack that crosses the border of two
// windows of ten minutes gets five.
const registrationsOnly = "at most 5 letters to the mailbox";

export const attacksOnMailboxes: Record<string, Attack> = {
  "flood one mailbox from 500 networks": {
    // Three counters apply: five letters to registrations, five resets to the bare address, and 15
    // resets to other spellings, if the attack crosses the border of two windows.
    expected: "at most 25 letters to the mailbox",
    run: (target) => {
      const { email } = newPerson();
      const ways = ["register", "ask for a reset", "ask with the password registered"] as const;
      return floodOneMailbox(target, [email, ...tagged(email)], ways, 25);
    },
  },
  "flood a Gmail mailbox with dots, tags and its second domain": {
    expected: registrationsOnly,
    run: (target) => floodOneMailbox(target, gmailSpellings(newPerson().username), ["register"], 5),
  },
  "flood a Yahoo mailbox with dashes": {
    expected: registrationsOnly,
    run: (target) => floodOneMailbox(target, yahooSpellings(newPerson().username), ["register"], 5),
  },
  "flood many mailboxes from one network": {
    expected: "at most 20 letters",
    run: floodManyMailboxes,
  },
};
