// Tests the check against robots, with a stand-in for the service that verifies tokens.
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { lettersFrom, registrationBudget, registrationLetter } from "../../../shared/limits/letter-limits.ts";
import { comparable } from "../../support/assert/comparable.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { expectFieldErrors, expectRefused } from "../../support/assert/refusals.ts";
import { call, type Answer } from "../../support/calls/api.ts";
import {
  json,
  outages,
  startVerificationService,
  type Respond,
  type VerificationService,
} from "../../support/challenge/verification-service.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { bounceOf, feed, presetLetters } from "../../support/mail/feedback.ts";
import { codeTo, lettersTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { activated, newPerson, register } from "../../support/people/people.ts";
import { functionCalls } from "../../support/stacks/function-calls.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

const free = 2;
const secretKey = "0x4-the-key-of-the-service";
const right = { success: true, hostname: "app.example.com", "error-codes": [] };
const down: Respond = (response) => void response.socket?.destroy();
let tokens = 0;
const newToken = () => `0.token-${(tokens += 1)}-${"x".repeat(40)}`;

let service: VerificationService;
let stack: TestStack;
let limits: ReturnType<typeof limitsOf>;
const start = async (settings: Record<string, string> = {}) => {
  stack = await startTestStack({
    settings: {
      CHALLENGE_VERIFY_URL: service.url,
      CHALLENGE_HOSTNAMES: "app.example.com",
      CHALLENGE_FREE_PER_NETWORK_PER_HOUR: String(free),
      ...settings,
    },
  });
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const secrets = new SecretsManagerClient({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: outputOf(stack, "ChallengeSecretArn"),
      SecretString: secretKey,
    }),
  );
};

const networkLimit = async (purpose: "registration" | "reset") =>
  lettersFrom(purpose, await pseudonyms.ofNetwork("127.0.0.1"));
const useFreeOf = async (...purposes: ("registration" | "reset")[]) => {
  for (const purpose of purposes) await limits.use(await networkLimit(purpose), free);
};
const reset = (email: string, challenge_token?: string) => call("resetPassword", { email, challenge_token });
const registering = (challenge_token?: string, email = newPerson().email) =>
  call("createUser", { ...newPerson({ email }), challenge_token });

beforeAll(async () => {
  service = await startVerificationService();
});
afterAll(() => service.stop());
beforeEach(() => service.answer(json(right)));

/** The first line in CloudWatch's embedded metric format. */
const metricIn = (log: string): object | undefined =>
  log
    .split("\n")
    .filter((line) => line.includes('"ChallengeCheckFailed":1'))
    .map((line): object => JSON.parse(line))
    .at(0);

describe("challenge", () => {
  beforeAll(async () => {
    await start();
    limits = limitsOf(stack);
  });
  afterAll(() => stack.remove());
  const clearNetwork = async () => {
    for (const purpose of ["registration", "reset"] as const) await limits.clear(await networkLimit(purpose));
  };
  beforeEach(clearNetwork);

  it("is asked for after a network's free registrations", async () => {
    for (let times = 0; times < free; times += 1) expect((await registering()).status).toBe(201);
    const refused = newPerson();
    expectRefused(await call("createUser", refused), "challenge_required");
    expectRefused(await call("createUser", { ...refused, challenge_token: "" }), "challenge_required");
    expect(service.asked).toEqual([]);
    service.answer(json({ ...right, action: "register" }));
    const challenge_token = newToken();
    expect((await call("createUser", { ...refused, challenge_token })).status).toBe(201);
    expect(service.asked.map(({ form }) => form)).toEqual([{ secret: secretKey, response: challenge_token }]);
    const otp_code = await codeTo(refused.email);
    expect((await call("activateUser", { email: refused.email, otp_code })).status).toBe(200);
  });

  it("is asked for after a network's free resets, counted apart", async () => {
    const { email } = await activated();
    for (let times = 0; times < free; times += 1) expect((await reset(newPerson().email)).status).toBe(204);
    expectRefused(await reset(email), "challenge_required");
    await allLettersSent(stack);
    expect(await lettersTo(email)).toHaveLength(1);
    service.answer(json({ ...right, action: "reset_password" }));
    expect((await reset(email, newToken())).status).toBe(204);
    expect(await codeTo(email, 2)).toMatch(/^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(service.asked).toHaveLength(1);
  });

  it("is asked for when half of all registrations are used", async () => {
    const [, budget] = registrationLetter("any mailbox", "any network").told;
    await limits.use(budget!, 500_000);
    expectRefused(await registering(), "challenge_required");
    expect((await registering(newToken())).status).toBe(201);
    expect(service.asked).toHaveLength(1);
    expect((await reset(newPerson().email)).status).toBe(204);
    await limits.clear(budget!);
    await clearNetwork();
    expect((await registering()).status).toBe(201);
  });

  const wrong: [string, object][] = [
    ["of another page", { ...right, hostname: "evil.example" }],
    ["without a page", { success: true }],
    ["of another operation", { ...right, action: "sign_in" }],
    ["that is replayed", { success: false, "error-codes": ["timeout-or-duplicate"] }],
    ["that is wrong", { success: false, "error-codes": ["invalid-input-response"] }],
  ];
  it.each(wrong)("refuses a token %s, and no letter leaves", async (_, judgement) => {
    const [known, newcomer] = [await activated(), newPerson()];
    await useFreeOf("registration", "reset");
    service.answer(json(judgement));
    expectRefused(await reset(known.email, newToken()), "challenge_failed");
    const token = newToken();
    expectRefused(await call("createUser", { ...newcomer, challenge_token: token }), "challenge_failed");
    expect(service.asked).toHaveLength(2);
    await allLettersSent(stack);
    expect(await lettersTo(known.email)).toHaveLength(1);
    expect(await lettersTo(newcomer.email)).toEqual([]);
  });

  it("that fails gives back everything but the network's attempt", async () => {
    const { email } = newPerson();
    const network = await pseudonyms.ofNetwork("127.0.0.1");
    const { told, mailbox } = registrationLetter(await pseudonyms.ofMailbox(email), network);
    await useFreeOf("registration");
    const counted = () => Promise.all([mailbox, ...told].map(limits.counted));
    const [, , ofAll] = await counted();
    expectRefused(await registering(undefined, email), "challenge_required");
    service.answer(json({ success: false }));
    expectRefused(await registering(newToken(), email), "challenge_failed");
    expect(await counted()).toEqual([[0, 0], [free + 2], ofAll]);
  });

  it("accepts tokens in the form of tokens only", async () => {
    const email = newPerson().email;
    const sentence = "Enter the token of the challenge.";
    for (const challenge_token of ["<script>alert(1)</script>", "a b", "../../etc/passwd?x", "é"])
      expectFieldErrors(await reset(email, challenge_token), { challenge_token: [sentence] });
    expectFieldErrors(await reset(email, "x".repeat(4_097)), {
      challenge_token: ["Ensure this field has no more than 4096 characters."],
    });
    expectFieldErrors(await call("resetPassword", { email, challenge_token: 1 }), {
      challenge_token: ["Not a valid string."],
    });
    await useFreeOf("reset");
    expect((await reset(email, "x".repeat(4_096))).status).toBe(204);
  });

  it("lets resets go on, but no registrations, without the service [ASVS 16.5.2]", async () => {
    for (const respond of [down, ...outages.slice(-4).map(([, one]) => one)]) {
      const known = await activated();
      await useFreeOf("registration", "reset");
      service.answer(respond);
      expect((await reset(known.email, newToken())).status).toBe(204);
      expect(await codeTo(known.email, 2)).toBeTruthy();
      const refused = await registering(newToken());
      expectRefused(refused, "service_unavailable");
      expect(refused.headers.get("retry-after")).toBe("60");
      expect(service.asked).toHaveLength(2);
      await clearNetwork();
    }
    // Registrations that need no challenge go on.
    expect((await registering()).status).toBe(201);
    for (const log of ["CreateUser", "ResetPassword"])
      expect(await eventually("the metric", () => metricIn(logOf(log)))).toMatchObject({
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: "LitAuth/test",
              Dimensions: [["service"]],
              Metrics: [{ Name: "ChallengeCheckFailed" }],
            },
          ],
        },
        service: "lit-auth",
        ChallengeCheckFailed: 1,
      });
  });

  it("is asked for by all registrations while many letters come back", async () => {
    const { email } = await register(newPerson({ email: `${newPerson().username}@other.example` }));
    await presetLetters(stack, 900, 29);
    await feed(stack, bounceOf({ recipient: await pseudonyms.ofAddress(email), kind: "activation" }));
    await clearNetwork();
    expectRefused(await registering(), "challenge_required");
    expect((await registering(newToken())).status).toBe(201);
    await presetLetters(stack, 0, 0);
    await limits.clear(registrationBudget());
  });

  const logs = () => join(stack.dataDirectory, "logs");
  const logOf = (label: string) => readFileSync(join(logs(), `${label}.log`), "utf8");

  it("causes the same answers and calls for known and unknown addresses", async () => {
    const cases: [Respond, string | undefined][] = [
      [json(right), undefined],
      [json(right), "solved"],
      [json({ success: false }), "wrong"],
      [down, "unanswered"],
    ];
    const seenOf = async (email: string) => {
      const seen = [];
      for (const [respond, token] of cases)
        for (const ask of [
          () => reset(email, token),
          () => call("createUser", { ...newPerson({ email }), challenge_token: token }),
        ]) {
          await useFreeOf("registration", "reset");
          service.answer(respond);
          await allLettersSent(stack, 5);
          stack.resetCalls();
          const answer: Answer = await ask();
          await allLettersSent(stack, 5);
          const { body } = answer;
          const members = answer.status === 201 ? Object.keys(body as object) : body;
          seen.push({
            ...comparable({ ...answer, body: members }),
            functions: functionCalls(stack),
            asked: service.asked.length,
          });
        }
      return seen;
    };
    const unknown = await seenOf(newPerson().email);
    expect(new Set(unknown.map(({ status }) => status))).toEqual(new Set([201, 204, 403, 503]));
    await limits.clear(await networkLimit("registration"));
    const [known, pending] = [await activated(), await register()];
    expect(await seenOf(known.email)).toEqual(unknown);
    const ofPending = await seenOf(pending.email);
    expect(ofPending).toEqual(unknown);
  });

  it("leaves no token in logs, queues, tables or letters [ASVS 14.2.4, 16.2.5]", async () => {
    await useFreeOf("registration", "reset");
    const sent = [newToken(), newToken(), newToken(), newToken()];
    await registering(sent[0]);
    await reset(newPerson().email, sent[1]);
    service.answer(json({ success: false }));
    await registering(sent[2]);
    service.answer(down);
    await reset(newPerson().email, sent[3]);
    await allLettersSent(stack);
    const files = readdirSync(stack.dataDirectory, { recursive: true, withFileTypes: true });
    const secret = join(stack.dataDirectory, "secrets.json");
    for (const file of files.filter((one) => one.isFile())) {
      const path = join(file.parentPath, file.name);
      const content = readFileSync(path).toString("latin1");
      for (const token of sent) expect(content.includes(token), path).toBe(false);
      if (path !== secret) expect(content.includes(secretKey), path).toBe(false);
    }
  });
});

describe("challenge with another setting", () => {
  beforeAll(() =>
    start({ CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: "allow", CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" }),
  );
  afterAll(() => stack.remove());

  it("is always asked for, and registrations go on without the service", async () => {
    expectRefused(await registering(), "challenge_required");
    expectRefused(await reset(newPerson().email), "challenge_required");
    service.answer(down);
    const newcomer = newPerson();
    expect((await call("createUser", { ...newcomer, challenge_token: newToken() })).status).toBe(201);
    await codeTo(newcomer.email);
    service.answer(json({ success: false }));
    expectRefused(await registering(newToken()), "challenge_failed");
  });
});
