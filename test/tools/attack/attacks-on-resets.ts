// Attacks by strangers who ask for resets of an owner's password, so that the owner gets none.
import { randomBytes } from "node:crypto";
import { heldWithout, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

const askForReset = (target: AttackTarget, email: string, network = target.newNetwork()) =>
  target.networks.send(network, "resetPassword", { body: { email } });

/** An account with a username that isn't in its address. */
const createOwner = async (target: AttackTarget): Promise<TargetUser> => {
  const owner = await target.signedIn();
  const username = `quartz${randomBytes(6).toString("hex")}`;
  await target.must(owner, "updateMe", { username }, 200);
  return Object.assign(owner, { username });
};

/** Uses no code up: a password that resembles the username is refused only if the code is right. */
const isAlive = async (
  target: AttackTarget,
  { email, username }: TargetUser,
  otp_code: string | undefined,
): Promise<boolean> => {
  if (otp_code === undefined) return false;
  const body = { email, otp_code, new_password: username };
  const answer = await target.networks.send(target.newNetwork(), "confirmPasswordReset", { body });
  return JSON.stringify(answer.body).includes("new_password");
};

const starveForAnHour = async (target: AttackTarget): Promise<Outcome> => {
  const failures: string[] = [];
  const owner = await createOwner(target);
  const { email } = owner;
  const spellings = [email, email.toUpperCase(), email.replace("@", "+a@"), email.replace("@", "+b@")];
  const newest = () => target.letters.newestCode(email, "reset");
  for (let minutes = 0; minutes <= 60; minutes += 10) {
    if (minutes > 0) await target.passTenMinutes();
    for (const moment of ["before", "after"]) {
      if (moment === "after")
        await target.sendMany(60, (number, network) =>
          askForReset(target, spellings[number % spellings.length]!, network),
        );
      if (await isAlive(target, owner, await newest())) continue;
      await target.must(owner, "resetPassword", { email }, 204);
      if (!(await isAlive(target, owner, await newest())))
        failures.push(`${minutes} minutes, ${moment} the strangers ask: no code`);
    }
  }
  const letters = await target.letters.countTo((address) => address.toLowerCase() === email);
  await target.resetPassword(owner);
  return heldWithout(
    failures,
    `in an hour, ${letters} letters were sent, and the owner always had a code or got one`,
  );
};

const ownersTried = 8;

/** Requests that a network's limit refuses must not take the place of the owner's request. */
const starveByRefusedRequests = async (target: AttackTarget): Promise<Outcome> => {
  const network = target.newNetwork();
  await target.sendMany(21, (number) => askForReset(target, `nobody-${number}@example.com`, network));
  let starved = 0;
  let refused = 0;
  for (let tried = 0; tried < ownersTried; tried += 1) {
    const { email, network: ownNetwork } = await target.activated();
    // Four of five letters of the hour have left, and their codes have expired.
    for (const pause of [false, false, true, true]) {
      await askForReset(target, email);
      await target.letters.newestCode(email, "reset");
      if (pause) await target.passTenMinutes();
    }
    const before = await target.letters.countTo((address) => address === email);
    const asking = { answered: false };
    const strangers = Array.from({ length: 16 }, async () => {
      while (!asking.answered) if ((await askForReset(target, email, network)).status === 429) refused += 1;
    });
    await askForReset(target, email, ownNetwork);
    asking.answered = true;
    await Promise.all(strangers);
    const after = await target.letters.countTo((address) => address === email);
    if (after === before) starved += 1;
  }
  return heldWithout(
    starved > 0
      ? [`${starved} of ${ownersTried} owners got no letter during ${refused} refused requests`]
      : [],
    `${ownersTried} owners got their letter during ${refused} refused requests`,
  );
};

export const attacksOnResets: Record<string, Attack> = {
  "starve an owner's resets for an hour": {
    expected: "at every moment the owner has a code that works, or gets one",
    run: starveForAnHour,
  },
  "starve resets from a network that is refused": {
    expected: "each owner who asks gets a letter",
    run: starveByRefusedRequests,
  },
};
