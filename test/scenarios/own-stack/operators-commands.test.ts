// What operators do with commands, and what their log says about it.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { beforeAll, describe, expect, it } from "vitest";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { codeGuess, guessesFrom, wrongPassword } from "../../../shared/limits/guess-limits.ts";
import { call } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { letterTo, lettersTo } from "../../support/mail/letters.ts";
import { newPerson, register } from "../../support/people/people.ts";
import { presetAccount, presetSession } from "../../support/presets/presets.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { sharedStack } from "../../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});

type Line = { command: string; commandId: string; phase: string; outcome?: string; userIds?: string[] };

const logged = (command: string): Line[] => {
  const file = join(stack.dataDirectory, `logs/${outputOf(stack, "OperatorLog")}.log`);
  const text = readFileSync(file, "utf8");
  expect(text).not.toContain("@");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => JSON.parse(line))
    .filter((line) => line.command === command);
};
/** The lines of the newest run, without what differs from run to run. */
const newest = (command: string) => {
  const lines = logged(command);
  const id = lines.at(-1)?.commandId;
  return lines
    .filter(({ commandId }) => commandId === id)
    .map((line) => ({ ...line, commandId: undefined, timestamp: undefined }));
};
const act = (command: string) => ({
  event: "operator",
  command,
  actor: "arn:aws:iam::000000000000:user/Runner",
});

describe("operators' log", () => {
  it("names the intent before an act, and what came of it", async () => {
    const person = await presetAccount(stack);
    const parameters = ["start", "--email", person.email, "--new-email", newPerson().email];
    expect(await runCommand("move-user", parameters, stack)).toMatchObject({ code: 0 });
    const line = { ...act("users:move"), act: "start", userIds: [person.id] };
    expect(newest("users:move")).toEqual([
      { ...line, phase: "intent" },
      { ...line, phase: "outcome", outcome: "done" },
    ]);
    const [{ commandId } = { commandId: "" }] = logged("users:move").slice(-1);
    await logWith(stack, "Mailer", [commandId, "address_move_started", "causeRequestId"]);
    await letterTo(person.email);
  });

  it("stops a command before it changes anything, if it can't be written", async () => {
    const person = await presetSession(stack);
    const file = join(stack.folder, "unlogged.txt");
    writeFileSync(file, person.id);
    const fault = stack.faults.add({
      operation: "PutLogEvents",
      times: 9,
      error: { code: "AccessDeniedException" },
    });
    const { code, stderr } = await runCommand("bulk-users", ["delete", file, "--confirm"], stack);
    fault.remove();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^Nothing was done, because the operators' log /),
    ]);
    expect((await call("getMe", undefined, { token: person.access })).status).toBe(200);
  });
});

describe("npm run users:find", () => {
  it("tells state, limits and letters of a person behind a masked address", async () => {
    const person = await presetAccount(stack);
    const addressKey = await pseudonyms.ofAddress(person.email);
    await limitsOf(stack).use(codeGuess("login", addressKey), 5);
    const { code, stdout } = await runCommand("find-users", ["--email", person.email, "--json"], stack);
    expect(code, stdout).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      more: false,
      people: [
        {
          id: person.id,
          state: "active",
          rank: "user",
          last_sign_in: null,
          address_move: null,
          email: expect.stringMatching(/^.\*{3}@.\*{3}\.\w+$/),
          delivery: { state: "fine", reason: null, at: null, stopped_until: null },
        },
      ],
    });
    expect(found.people[0].limits).toContainEqual({
      counts: "codes of sign-ins",
      number: 5,
      window_seconds: 300,
      reached: expect.stringMatching(/^\d{4}-/),
    });
    for (const text of [person.email, person.username]) expect(stdout).not.toContain(text);
    expect(newest("users:find")).toEqual([
      { ...act("users:find"), phase: "intent", act: "masked" },
      { ...act("users:find"), phase: "outcome", act: "masked", outcome: "done", userIds: [person.id] },
    ]);
  });
});

describe("npm run limits:clear", () => {
  it("says what was counted, and lets a person try again", async () => {
    const person = await presetAccount(stack);
    const addressKey = await pseudonyms.ofAddress(person.email);
    const guesses = [codeGuess("login", addressKey), wrongPassword(addressKey)];
    const { use, counted } = limitsOf(stack);
    for (const limit of guesses) await use(limit, 100);
    const guess = { email: person.email, otp_code: "000000" };
    expect((await call("createToken", guess)).status).toBe(429);
    const { stdout } = await runCommand("clear-limits", ["--id", person.id], stack);
    expect(stdout).toMatch(/codes of sign-ins: 100 in 300 s, no more until 2/);
    expect(stdout).toMatch(/passwords of sign-ins: 100 in 600 s/);
    for (const limit of guesses) expect(new Set(await counted(limit))).toEqual(new Set([0]));
    expect((await call("createToken", guess)).status).not.toBe(429);
  });

  it("finds a network by its pseudonym", async () => {
    const { use, counted, clear } = limitsOf(stack);
    const limit = guessesFrom(await pseudonyms.ofNetwork("2001:db8:7:1::5"));
    await use(limit, 77);
    const { code, stdout } = await runCommand("clear-limits", ["--network", "2001:db8:7:1::9"], stack);
    expect([code, stdout]).toEqual([0, expect.stringContaining("tries from the network: 77 in 600 s")]);
    expect(await counted(limit)).toEqual([0]);
    expect(newest("limits:clear").at(-1)).toMatchObject({ act: "network", userIds: [] });
    await clear(limit);
  });
});

describe("npm run sessions:end", () => {
  const isSignedIn = async ({ access }: { access: string }) =>
    (await call("getMe", undefined, { token: access })).status === 200;

  it("ends those of one person", async () => {
    const [person, other] = [await presetSession(stack), await presetSession(stack)];
    const { code } = await runCommand("end-sessions", ["--email", person.email.toUpperCase()], stack);
    expect([code, await isSignedIn(person), await isSignedIn(other)]).toEqual([0, false, true]);
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    expect(newest("sessions:end").at(-1)).toMatchObject({ userIds: [person.id], outcome: "done" });
  });

  it("ends those of everyone in the named stage", async () => {
    const person = await presetSession(stack);
    const end = (...words: string[]) => runCommand("end-sessions", ["--all", ...words], stack);
    expect(await end("--confirm", "prod")).toMatchObject({
      code: 1,
      stderr: "That is not local. Nothing was changed.\n",
    });
    expect(await isSignedIn(person)).toBe(true);
    expect(await end("--confirm", "local")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The sessions of \d+ accounts of the local stack have ended\.\n$/),
    });
    expect(await isSignedIn(person)).toBe(false);
    expect(newest("sessions:end").at(-1)).toMatchObject({
      act: "all",
      counts: { accounts: expect.any(Number) },
    });
  });
});

describe("npm run users:affected", () => {
  it("writes whom a notice must reach to a file of its owner", async () => {
    const [person, pending] = [await presetAccount(stack), await register()];
    const file = join(stack.folder, "affected.jsonl");
    const since = new Date(Date.now() - 1_000).toISOString();
    const parameters = [file, "--since", since, "--yes"];
    const { code, stderr } = await runCommand("affected-users", parameters, stack);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^\d+ people, 0 unknown ids\n$/)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const { id, email, username } = person;
    const own = lines.filter((line) => line.includes(id)).map((line): unknown => JSON.parse(line));
    expect(own).toEqual([{ id, email, username, first_name: "", last_name: "" }]);
    expect(lines.join()).not.toContain(pending.email);
    expect(newest("users:affected").at(-1)).toMatchObject({
      act: "write time",
      counts: { people: lines.length },
    });
  });

  it("names those of a list of ids, and overwrites no file", async () => {
    const [person, pending] = [await presetAccount(stack), await register()];
    const [ids, file] = [join(stack.folder, "ids.txt"), join(stack.folder, "named.jsonl")];
    writeFileSync(ids, [person.id, "", pending.id.toUpperCase(), person.id, "no id"].join("\n"));
    const { code, stderr } = await runCommand("affected-users", [file, "--ids", ids, "--yes"], stack);
    expect([code, stderr]).toEqual([0, "2 people, 1 unknown ids\n"]);
    const lines = readFileSync(file, "utf8");
    for (const text of [person.email, pending.email]) expect(lines).toContain(text);
    const again = await runCommand("affected-users", [file, "--all", "--yes"], stack);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("already exists") });
    expect(readFileSync(file, "utf8")).toBe(lines);
  });
});

describe("npm run letters:redrive", () => {
  const sqs = () => {
    const { url: endpoint, region, ...credentials } = stack.endpoint;
    return new SQSClient({ endpoint, region, credentials });
  };
  const put = (output: "MailDeadLettersUrl" | "NoticeDeadLettersUrl", order: object) =>
    sqs().send(
      new SendMessageCommand({ QueueUrl: outputOf(stack, output), MessageBody: JSON.stringify(order) }),
    );

  it("moves orders back, and an old code stays unsent", async () => {
    const person = await presetAccount(stack);
    const now = Math.floor(Date.now() / 1000);
    const [old, cause] = ["a code of an hour ago", "a call of an hour ago"];
    const order = { userId: person.id, orderedAt: now - 3_600, causeRequestId: cause };
    await put("MailDeadLettersUrl", { kind: "login", otpRequestId: "r", ...order, causeRequestId: old });
    await put("NoticeDeadLettersUrl", { kind: "rank_changed", isStaff: true, ...order });
    await put("NoticeDeadLettersUrl", { kind: 7, note: person.email });
    const { code, stdout, stderr } = await runCommand("redrive-letters", ["--yes"], stack);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(
      "codes: 1 wait. 1 login. The mailer will drop 1: codes that were ordered more than 15 minutes ago.",
    );
    expect(stdout).toMatch(/notices: 2 wait\. 1 (rank_changed, 1 unreadable|unreadable, 1 rank_changed)\./);
    expect(stdout).toContain("feedback: none wait.");
    expect(stdout).toContain("codes: 1 moved back.\nnotices: 2 moved back.\n");
    expect(stdout + stderr).not.toContain(person.email);
    expect((await letterTo(person.email)).Subject).toContain("administrator");
    await logWith(stack, "Mailer", [old, '"outcome":"too_old"']);
    await logWith(stack, "Mailer", [cause, '"message":"letter"']);
    expect(await lettersTo(person.email)).toHaveLength(1);
    expect(newest("letters:redrive").at(-1)).toMatchObject({ act: "notices", counts: { waiting: 2 } });
    // The order that no one can read fails again and again, until it is a dead letter once more.
    const QueueUrl = outputOf(stack, "NoticeDeadLettersUrl");
    const { ReceiptHandle } = await eventually("the unreadable order", async () => {
      const { Messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages[0];
    });
    await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  });
});
