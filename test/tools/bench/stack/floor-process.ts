// Measures the floor in a process that does nothing else.
import { createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { hashPassword } from "../../../../shared/passwords/password-hash.ts";
import { createBareCalls } from "./bare-calls.ts";
import { ownCpuMilliseconds } from "../load/cpu-meter.ts";
import type { Floor } from "./floor-messages.ts";

const repeat = async (work: () => unknown, times: number) => {
  for (let time = 0; time < times; time += 1) await work();
};
/** The same as for the functions' own calls, which the floor is compared with. */
const warmUpTimes = 500;
const costOf = async (work: () => unknown, times: number, before = warmUpTimes): Promise<number> => {
  await repeat(work, before);
  const started = ownCpuMilliseconds();
  await repeat(work, times);
  return (ownCpuMilliseconds() - started) / times;
};

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
// As long as the first two parts of our tokens.
const signed = Buffer.alloc(600, "x");
const sign = () => createSign("RSA-SHA256").update(signed).sign(privateKey);
const signature = sign();

// If two floor processes run at once, both have started before either measures.
await delay(300);
const hash = await costOf(() => hashPassword("Granite-0123456789ab"), 30, 5);
const bareCalls = Object.entries(await createBareCalls());
const calls: Floor["calls"] = {};
for (const [name, call] of bareCalls) calls[name] = await costOf(call, 300);

const floor: Floor = {
  hash,
  signature: await costOf(sign, 200),
  check: await costOf(() => createVerify("RSA-SHA256").update(signed).verify(publicKey, signature), 1000),
  calls,
};
process.send?.(floor, () => process.exit());
