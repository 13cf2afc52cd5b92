// What many bounces stop: letters of a network, to a domain, and registrations of all.
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { counterName } from "../../../shared/limits/counters.ts";
import { lettersFrom, registrationBudget } from "../../../shared/limits/letter-limits.ts";
import { metricMoved } from "../../support/logs/moved-metrics.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { startMailDomains } from "../../support/dns/mail-domains.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { bounceOf, feed, presetLetters } from "../../support/mail/feedback.ts";
import { letterTo, lettersTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { administer, signedInAdmin } from "../../support/people/administrators.ts";
import { activated, newPerson, register, resetCode, signIn } from "../../support/people/people.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { documents } from "../../support/store/documents.ts";

let stack: TestStack;
let limits: ReturnType<typeof limitsOf>;
const hour = 3_600;

const at = (domain: string) => {
  const person = newPerson();
  return { ...person, email: `${person.username}@${domain}` };
};
let domains = 0;
const newDomain = () => `d${(domains += 1)}.example`;
const comesBack = async (kind: string, ...people: { email: string }[]) => {
  for (const { email } of people)
    await feed(stack, bounceOf({ recipient: await pseudonyms.ofAddress(email), kind }));
};
const clearNetwork = async () =>
  limits.clear(lettersFrom("registration", await pseudonyms.ofNetwork("127.0.0.1")));
/** As if this many other mailboxes of accounts there were missing. */
const presetMissing = async (domain: string, mailboxes: number): Promise<void> => {
  const now = Math.floor(Date.now() / 1000);
  const domainKey = await pseudonyms.ofDomain(`any@${domain}`);
  await documents().send(
    new UpdateCommand({
      TableName: outputOf(stack, "LimitsTable"),
      Key: { pk: `limit#missing-at#${domainKey}#${Math.floor(now / 86_400)}` },
      UpdateExpression: "SET #counter = :mailboxes",
      ExpressionAttributeNames: { "#counter": counterName({ windowSeconds: hour }, now) },
      ExpressionAttributeValues: { ":mailboxes": mailboxes },
    }),
  );
};
const lettersAfter = async (email: string) => {
  await allLettersSent(stack);
  return (await lettersTo(email)).length;
};

describe("bounces of unproven letters", () => {
  let mailDomains: Awaited<ReturnType<typeof startMailDomains>>;
  beforeAll(async () => {
    mailDomains = await startMailDomains({
      "no-mail.example": "null",
      "no-record.example": "none",
      "made-up.example": "unknown",
      "silent.example": "silent",
    });
    stack = await startTestStack({
      settings: { UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: "3", MX_RESOLVER: mailDomains.address },
    });
    limits = limitsOf(stack);
  });
  afterAll(async () => {
    await stack.remove();
    await mailDomains.stop();
  });
  beforeEach(async () => {
    await clearNetwork();
    await limits.clear(registrationBudget());
    await presetLetters(stack, 0, 0);
  });

  it("stop the registrations of their network for the day", async () => {
    const [account, waiting] = [await activated(), await register()];
    const typos = [await register(at(newDomain())), await register(at(newDomain()))];
    await comesBack("activation", ...typos);
    // A repeated event counts once.
    const recipient = await pseudonyms.ofAddress((await register(at(newDomain()))).email);
    const event = bounceOf({ recipient, kind: "activation", mailbox: "other" });
    await feed(stack, event, event, event);
    const refused = await call("createUser", newPerson());
    expectRefused(refused, "too_many_letters_from_network");
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(86_400);
    expectRefused(await call("requestOtp", waiting), "too_many_letters_from_network");
    await signIn(account);
    expect(await resetCode(account, 2)).toBeTruthy();
  });

  it("are charged to a network only below the third", async () => {
    await comesBack("activation", await register(at(newDomain())), await register(at(newDomain())));
    expect((await call("createUser", newPerson())).status).toBe(201);
  });

  it("are charged alike for known and unknown addresses", async () => {
    const charged = [];
    for (const { email } of [await activated(at(newDomain())), at(newDomain())]) {
      await clearNetwork();
      const known = (await call("createUser", newPerson({ email }))).status;
      const recipient = await pseudonyms.ofAddress(email);
      for (const kind of ["activation", "password_reset", "password_reset"])
        await feed(stack, bounceOf({ recipient, kind, mailbox: "other" }));
      charged.push([known, (await call("createUser", newPerson())).status]);
    }
    expect(charged).toEqual([
      [201, 429],
      [201, 429],
    ]);
  });

  it("count and end a registration also if its letter is held back", async () => {
    const seen = [];
    const [owner, newcomer] = [await activated(at(newDomain())), at(newDomain())];
    // Anyone can make the state of an account known, and none of an address without one.
    await comesBack("password_reset", owner);
    for (const { email } of [owner, newcomer]) {
      await clearNetwork();
      await comesBack("activation", await register(at(newDomain())), await register(at(newDomain())));
      const stranger = await register(newPerson({ email }));
      if ((await lettersAfter(email)) > (email === owner.email ? 1 : 0))
        await comesBack("activation", stranger);
      const { status } = await call("requestOtp", stranger);
      seen.push([status, (await call("createUser", newPerson())).status]);
    }
    expect(seen).toEqual([
      [401, 429],
      [401, 429],
    ]);
  });

  it("aren't charged if a mailbox's owner asked, or SES's own list refused", async () => {
    const [owner, listed] = [await activated(at(newDomain())), await register(at(newDomain()))];
    for (let times = 0; times < 4; times += 1) {
      await comesBack("login", owner);
      const recipient = await pseudonyms.ofAddress(listed.email);
      const bounceSubType = "OnAccountSuppressionList";
      await feed(stack, bounceOf({ recipient, kind: "activation", bounceSubType }));
    }
    expect((await call("createUser", newPerson())).status).toBe(201);
  });

  it("stop unproven letters to a domain from which half come back", async () => {
    const domain = newDomain();
    const [account, ...typos] = [
      await activated(at(domain)),
      await register(at(domain)),
      await register(at(domain)),
      await register(at(domain)),
    ];
    await allLettersSent(stack);
    await comesBack("activation", ...typos);
    await clearNetwork();
    const next = await register(at(domain));
    expect(await lettersAfter(next.email)).toBe(0);
    await succeed("resetPassword", { email: next.email });
    expect(await lettersAfter(next.email)).toBe(0);
    expect((await call("createUser", { ...at(domain), email: account.email })).status).toBe(201);
    expect(await lettersAfter(account.email)).toBe(1);
    // Others are not concerned, and neither is what a password or the address's owner asks for.
    await letterTo((await register(at(newDomain()))).email);
    await signIn(account);
    expect(await resetCode(account, 2)).toBeTruthy();
  });

  it("don't stop a domain to which most letters get through", async () => {
    const domain = newDomain();
    const people = [];
    for (let count = 0; count < 7; count += 1) people.push(await register(at(domain)));
    await allLettersSent(stack);
    await comesBack("activation", ...people.slice(0, 3));
    await clearNetwork();
    await letterTo((await register(at(domain))).email);
  });

  it.each(["no-mail.example", "no-record.example", "made-up.example"])(
    "are avoided where no server takes mail: %s",
    async (domain) => {
      const person = await register(at(domain));
      expect(await lettersAfter(person.email)).toBe(0);
      expect((await call("requestOtp", person)).status).toBe(200);
      expect(await lettersAfter(person.email)).toBe(0);
      await logWith(stack, "Mailer", ['"stopped"', '"activation"']);
    },
  );

  it("are risked where the DNS doesn't answer", async () => {
    await letterTo((await register(at("silent.example"))).email);
  });

  it("stop all registrations for an hour, and nothing else", async () => {
    const admin = await signedInAdmin(stack.folder);
    const [account, waiting] = [await activated(), await register()];
    await presetLetters(stack, 1_000, 28);
    await comesBack("activation", await register(at(newDomain())));
    expect((await call("createUser", newPerson())).status).toBe(201);
    await presetLetters(stack, 2_000, 29);
    await comesBack("activation", await register(at(newDomain())));
    await clearNetwork();
    expect((await call("createUser", newPerson())).status).toBe(201);
    await presetLetters(stack, 900, 29);
    await comesBack("activation", await register(at(newDomain())));
    await clearNetwork();

    const refused = await call("createUser", newPerson());
    expectRefused(refused, "letter_budget_spent");
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(hour);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(hour - 300);
    expectRefused(await call("requestOtp", waiting), "letter_budget_spent");
    await metricMoved(stack, "RegistrationsStopped");
    await signIn(account);
    expect(await resetCode(account, 2)).toBeTruthy();
    expect((await administer(admin, "sendCode", { id: account.id })).status).toBe(204);
    await letterTo(account.email, 4);
    expect((await administer(admin, "sendCode", { id: waiting.id })).status).toBe(204);
    await letterTo(waiting.email, 2);

    await documents().send(
      new UpdateCommand({
        TableName: outputOf(stack, "LimitsTable"),
        Key: { pk: `limit#${registrationBudget().key}` },
        UpdateExpression: "SET stoppedUntil = :now",
        ExpressionAttributeValues: { ":now": Math.floor(Date.now() / 1000) },
      }),
    );
    expect((await call("createUser", newPerson())).status).toBe(201);
  });

  it("at many mailboxes of one domain stop no one there", async () => {
    const domain = newDomain();
    const people = [];
    for (let count = 0; count < 3; count += 1) people.push(await activated(at(domain)));
    const waiting = await register(at(domain));
    const [first = waiting, ...others] = people;
    await comesBack("login", first);
    expect((await call("requestOtp", first)).status).toBe(200);
    expect(await lettersAfter(first.email)).toBe(1);
    await presetMissing(domain, 8);
    await comesBack("login", ...others, ...others);
    const { line } = await logWith(stack, "Feedback", ["bounces_at_one_domain"]);
    expect(people.map(({ id }) => id)).toContain(JSON.parse(line).userId);
    await metricMoved(stack, "BouncesAtOneDomain");
    for (const person of [first, others.at(-1) ?? first]) await signIn(person);
    await comesBack("activation", waiting);
    expect((await call("requestOtp", waiting)).status).toBe(200);
  });
});
