/** Measures the floor in a process that does nothing else. */
import { createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { hashPassword } from "../../shared/passwords.ts";
import { createBareCalls } from "./bare-calls.ts";
import { ownCpuMilliseconds } from "./cpu-meter.ts";
import type { Floor } from "./floor-messages.ts";

const costOf = async (work: () => unknown, times: number): Promise<number> => {
  for (let warmUp = 0; warmUp < times / 2; warmUp += 1) await work();
  const before = ownCpuMilliseconds();
  for (let time = 0; time < times; time += 1) await work();
  return (ownCpuMilliseconds() - before) / times;
};

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
// As long as the first two parts of our tokens.
const signed = Buffer.alloc(600, "x");
const sign = () => createSign("RSA-SHA256").update(signed).sign(privateKey);
const signature = sign();

// Side by side with another floor process: both are loaded before either measures.
await delay(300);
const hash = await costOf(() => hashPassword("Granite-0123456789ab"), 30);
const calls: Floor["calls"] = {};
for (const [name, call] of Object.entries(await createBareCalls())) calls[name] = await costOf(call, 200);

const floor: Floor = {
  hash,
  signature: await costOf(sign, 200),
  check: await costOf(() => createVerify("RSA-SHA256").update(signed).verify(publicKey, signature), 1000),
  calls,
};
process.send?.(floor, () => process.exit());
