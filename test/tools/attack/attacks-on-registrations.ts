// Attacks by a stranger who registers the address of another person before, between or after them.
import { newPerson, type Person } from "../bench/load/phases.ts";
import { heldWithout, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

type Registrant = "owner" | "stranger";
const orders: readonly Registrant[][] = [
  ["stranger", "owner"],
  ["owner", "stranger"],
  ["stranger", "owner", "stranger"],
  ["owner", "stranger", "owner"],
  // The owner's own registration is beyond the limit, so no letter leaves for it.
  ["stranger", "stranger", "stranger", "owner"],
];

type Registered = { owner: TargetUser; strangers: (Person & { id: string })[] };

const registerInOrder = async (target: AttackTarget, order: readonly Registrant[]): Promise<Registered> => {
  const owner = target.userOf(newPerson());
  const strangers: Registered["strangers"] = [];
  for (const who of order) {
    const person = who === "owner" ? owner : { ...newPerson(), email: owner.email };
    const { username, email, password } = person;
    const names = who === "owner" ? {} : { first_name: "Mallory", last_name: "Stranger" };
    const body = { username, email, password, ...names };
    const network = who === "owner" ? owner.network : target.newNetwork();
    const answer = await target.networks.send(network, "createUser", { body });
    if (answer.status !== 201) throw new Error(`${who}: createUser answered ${answer.status}`);
    const { id } = answer.body as { id: string };
    if (who === "stranger") strangers.push({ ...person, id });
    // Otherwise one letter could overtake another.
    await target.letters.newestCode(email, "activation");
  }
  owner.code = await target.codeTo(owner.email, "activation");
  return { owner, strangers };
};

/** Each ends with an account that has the owner's password. */
const ways: Record<string, (target: AttackTarget, owner: TargetUser) => Promise<void>> = {
  "with a password": async (target, owner) => {
    const { username, email, password, code: otp_code } = owner;
    await target.must(owner, "activateUser", { email, otp_code, username, password }, 200);
  },
  "without a password": async (target, owner) => {
    const { email, code: otp_code } = owner;
    await target.must(owner, "activateUser", { email, otp_code }, 200);
    await target.resetPassword(owner);
  },
  "by a reset": async (target, owner) => target.resetPassword(owner),
};

const traces = async (target: AttackTarget, { owner, strangers }: Registered): Promise<string[]> => {
  const found: string[] = [];
  for (const { email, password } of strangers) {
    const { status } = await target.networks.send(target.newNetwork(), "requestOtp", {
      body: { email, password },
    });
    if (status !== 401) found.push(`the stranger's password gets ${status}`);
  }
  const { body } = await target.must(await target.signIn(owner), "getMe", undefined, 200);
  const shown = JSON.stringify(body);
  const theirs = ["Mallory", "Stranger", ...strangers.flatMap(({ id, username }) => [id, username])];
  return [
    ...found,
    ...theirs.filter((word) => shown.includes(word)).map((word) => `the account has ${word}`),
  ];
};

const hijackBefore = async (target: AttackTarget): Promise<Outcome> => {
  const failures: string[] = [];
  for (const order of orders)
    for (const [way, activate] of Object.entries(ways)) {
      const registered = await registerInOrder(target, order);
      try {
        await activate(target, registered.owner);
        const found = await traces(target, registered);
        failures.push(...found.map((trace) => `${order.join(", ")}, ${way}: ${trace}`));
      } catch (error) {
        failures.push(`${order.join(", ")}, ${way}: the owner is stuck, ${String(error)}`);
      }
    }
  return heldWithout(
    failures,
    `in ${orders.length} orders and ${Object.keys(ways).length} ways the owner signed in, and nothing was a stranger's`,
  );
};

export const attacksOnRegistrations: Record<string, Attack> = {
  "register an owner's address first, between and after": {
    expected: "the account that the owner activates has nothing of the stranger",
    run: hijackBefore,
  },
};
