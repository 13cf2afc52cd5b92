// Measures the floor in a process that does nothing else.
import { createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { hashPassword } from "../../../shared/passwords/password-hash.ts";
import { createBareCalls } from "./bare-calls.ts";
import { ownCpuMilliseconds } from "./cpu-meter.ts";
import type { Floor } from "./floor-messages.ts";

const repeat = async (work: () => unknown, times: number) => {
  for (let time = 0; time < times; time += 1) await work();
};
const costOf = async (work: () => unknown, times: number): Promise<number> => {
  await repeat(work, times / 10);
  const before = ownCpuMilliseconds();
  await repeat(work, times);
  return (ownCpuMilliseconds() - before) / times;
};

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
// As long as the first two parts of our tokens.
const signed = Buffer.alloc(600, "x");
const sign = () => createSign("RSA-SHA256").update(signed).sign(privateKey);
const signature = sign();

// If two floor processes run at once, both have started before either measures.
await delay(300);
const hash = await costOf(() => hashPassword("Granite-0123456789ab"), 30);
const bareCalls = Object.entries(await createBareCalls());
// Warms up the client's code, which all calls share. Otherwise the first calls would cost more.
for (const [, call] of bareCalls) await repeat(call, 50);
const calls: Floor["calls"] = {};
for (const [name, call] of bareCalls) calls[name] = await costOf(call, 150);

const floor: Floor = {
  hash,
  signature: await costOf(sign, 200),
  check: await costOf(() => createVerify("RSA-SHA256").update(signed).verify(publicKey, signature), 1000),
  calls,
};
process.send?.(floor, () => process.exit());
