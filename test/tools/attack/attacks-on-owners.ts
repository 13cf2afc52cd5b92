// Attacks that lock an owner out.
import { probes, suspectAt, type ProbeName } from "../../support/calls/enumeration-probes.ts";
import { heldIf, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget } from "./attack-target.ts";

const noAsker = { takenUsername: "nobody", asker: { token: "", password: "" } };

/** Sends what a stranger can send who knows only the address. */
const sendProbes = async (
  target: AttackTarget,
  email: string,
  names: readonly ProbeName[],
  times: number,
) => {
  const suspect = suspectAt(email, noAsker);
  for (const name of names)
    await target.sendMany(times, (_, network) => {
      const { operation, body } = probes[name](suspect);
      return target.networks.send(network, operation, { body });
    });
};

const waitOf = ({ status, headers }: { status: number; headers: Headers }) =>
  status === 429 ? Number(headers.get("retry-after") ?? Infinity) : 0;
const day = 86_400;

const keepOut = async (target: AttackTarget): Promise<Outcome> => {
  const owner = await target.signedIn();
  await sendProbes(
    target,
    owner.email,
    [
      "ask with a wrong password",
      "sign in with a wrong code",
      "register",
      "ask for a reset",
      "confirm a reset with a wrong code",
    ],
    200,
  );
  const { email, password, deviceToken } = owner;
  const elsewhere = await target.networks.send(target.newNetwork(), "requestOtp", {
    body: { email, password },
  });
  const code = { email, otp_code: "000 000" };
  const attempt = await target.networks.send(target.newNetwork(), "createToken", { body: code });
  const wait = Math.max(waitOf(elsewhere), waitOf(attempt));
  const newDevice = `a new device waits at most ${wait} s (password ${elsewhere.status}, code ${attempt.status})`;
  const otp_code = await target.askForCode(owner);
  const known = await target.networks.send(owner.network, "createToken", {
    body: { email, otp_code },
    deviceToken: deviceToken ?? "",
  });
  return heldIf(
    known.status === 201 && wait <= day,
    `the known device gets ${known.status} without waiting; ${newDevice}`,
  );
};

/** The owner has no known device, and the stranger continues after the owner's password reset. */
const keepNewDeviceOut = async (target: AttackTarget): Promise<Outcome> => {
  const owner = Object.assign(await target.activated(), {
    deviceToken: undefined,
    network: target.newNetwork(),
  });
  const useUp = () =>
    sendProbes(target, owner.email, ["ask with a wrong password", "sign in with a wrong code"], 50);
  await useUp();
  const { email, password } = owner;
  const before = await target.networks.send(owner.network, "requestOtp", { body: { email, password } });
  await target.resetPassword(owner);
  await useUp();
  const stranger = await target.networks.send(target.newNetwork(), "requestOtp", {
    body: { email, password },
  });
  const otp_code = await target.askForCode(owner);
  const { deviceToken = "" } = owner;
  const after = await target.networks.send(owner.network, "createToken", {
    body: { email, otp_code },
    deviceToken,
  });
  return heldIf(
    before.status === 429 && stranger.status === 429 && after.status === 201,
    `the owner gets ${before.status} before the reset and ${after.status} after it, a stranger ${stranger.status}`,
  );
};

const invalidateCode = async (target: AttackTarget): Promise<Outcome> => {
  const owner = await target.activated();
  const otp_code = await target.askForCode(owner);
  const ways: ProbeName[] = [
    "ask with a wrong password",
    "register",
    "ask with the password registered",
    "ask for a reset",
    "confirm a reset with a wrong code",
  ];
  await sendProbes(target, owner.email, ways, 50);
  const { status } = await target.networks.send(owner.network, "createToken", {
    body: { email: owner.email, otp_code },
  });
  return heldIf(
    status === 201,
    `the owner's code, sent before ${ways.length} kinds of attempts, gets ${status}`,
  );
};

export const attacksOnOwners: Record<string, Attack> = {
  "keep an owner out": {
    expected: "the known device isn't locked out, and a new one at most a day",
    run: keepOut,
  },
  "keep a new device out after a reset": {
    expected: "the device of the reset isn't locked out",
    run: keepNewDeviceOut,
  },
  "invalidate an owner's code": { expected: "the code stays valid", run: invalidateCode },
};
