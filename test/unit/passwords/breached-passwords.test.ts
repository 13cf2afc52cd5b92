import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBreached } from "../../../shared/passwords/breached-passwords.ts";
import { passwordProblems } from "../../../shared/passwords/password-rules.ts";

const password = "a long and unusual sentence";
const sha1 = createHash("sha1").update(password).digest("hex").toUpperCase();
const [prefix, suffix] = [sha1.slice(0, 5), sha1.slice(5)];
const others = ["0".repeat(35), "F".repeat(35)];
const person = { username: "ada", email: "ada@example.com", firstName: "", lastName: "" };

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

let respond: Respond;
let seen: { url: string | undefined; method: string | undefined; headers: string[]; body: string }[];
let failures: number;
const countFailure = () => {
  failures += 1;
};
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { url, method, rawHeaders: headers } = request;
    seen.push({ url, method, headers, body: Buffer.concat(chunks).toString() });
    respond(response, request);
  });
});

beforeEach(async () => {
  [seen, failures] = [[], 0];
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env["PRODUCT_NAME"] = "LIT Auth";
  process.env["PWNED_PASSWORDS_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range/`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const lines =
  (...entries: string[]): Respond =>
  (response) =>
    void response.end(entries.join("\r\n"));

describe("breach check", () => {
  it("finds a password's hash among others, in either case [ASVS 6.2.12]", async () => {
    respond = lines(`${others[0]}:3`, `${suffix}:12`, `${others[1]}:1`);
    expect(await isBreached(password, countFailure)).toBe(true);
    respond = lines(`${suffix.toLowerCase()}:1\r\n`);
    expect(await isBreached(password, countFailure)).toBe(true);
    expect(failures).toBe(0);
  });

  it("ignores other hashes and padding", async () => {
    respond = lines(`${others[0]}:3`, `${others[1]}:0`);
    expect(await isBreached(password, countFailure)).toBe(false);
    respond = lines(`${others[0]}:3`, `${suffix}:0`);
    expect(await isBreached(password, countFailure)).toBe(false);
    expect(failures).toBe(0);
  });

  it("sends only five characters of the hash [ASVS 14.2.3]", async () => {
    respond = lines(`${suffix}:12`);
    await isBreached(password, countFailure);
    expect(seen).toMatchObject([{ method: "GET", url: `/range/${prefix}`, body: "" }]);
    const sent = JSON.stringify(seen);
    expect(sent).toMatch(/"add-padding","true"/i);
    for (const secret of [password, encodeURIComponent(password), sha1, suffix, suffix.slice(0, 5)])
      expect(sent.toLowerCase()).not.toContain(secret.toLowerCase());
  });

  const broken: [string, Respond][] = [
    ["doesn't answer", () => {}],
    ["stalls in the middle", (response) => void response.write(`${suffix}:12\r\n`)],
    ["answers 500", (response) => void response.writeHead(500).end(`${suffix}:12`)],
    ["answers 429", (response) => void response.writeHead(429).end()],
    ["answers with an HTML page", (response) => void response.end("<html>Welcome to the hotel</html>")],
    ["answers with an empty body", (response) => void response.end()],
    ["drops the connection", (response) => void response.socket?.destroy()],
    ["redirects", (response) => void response.writeHead(302, { location: "/other" }).end()],
  ];
  it.each(broken)("lets the password pass after a second if the service %s", async (_, answer) => {
    respond = answer;
    // Far above a second: on a busy machine this only tells a timeout from endless waiting.
    const start = performance.now();
    expect(await isBreached(password, countFailure)).toBe(false);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect([failures, seen.length]).toEqual([1, 1]);
  });

  it("lets the password pass if the service is unreachable", async () => {
    process.env["PWNED_PASSWORDS_URL"] = "http://127.0.0.1:1/range/";
    expect(await isBreached(password, countFailure)).toBe(false);
    expect(failures).toBe(1);
  });

  it("makes no request when it is off", async () => {
    process.env["PWNED_PASSWORDS_URL"] = "off";
    expect(await isBreached(password, countFailure)).toBe(false);
    expect([seen, failures]).toEqual([[], 0]);
  });
});

describe("breach check as a password rule", () => {
  it("calls a breached password too common [ASVS 6.2.12]", async () => {
    respond = lines(`${suffix}:12`);
    expect(await passwordProblems(password, person)).toEqual(["This password is too common."]);
  });

  it("makes no request for passwords that other rules refuse", async () => {
    respond = lines(`${suffix}:12`);
    for (const refused of ["short", "password1", "1357924680135", "ada@example.com", "x".repeat(129)])
      expect(await passwordProblems(refused, person)).not.toEqual([]);
    expect(seen).toEqual([]);
  });
});
