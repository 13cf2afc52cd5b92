// What happens to accounts reaches the owner's receiver in order and signed, also if parts are
// killed.
import { PutEventsCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../../support/assert/eventually.ts";
import { succeed } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { newUsername } from "../../support/people/credentials.ts";
import { presetAccount, presetSession } from "../../support/presets/presets.ts";
import { startLocalStack } from "../../support/stacks/local-stack.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { pointAt } from "../../support/stacks/target-urls.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { startReceiver, type Got } from "../../support/stacks/webhook-receiver.ts";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let stack: TestStack;
const refusing = new Set<string>();
const answer = ({ data, type }: Omit<Got, "status">) =>
  refusing.has(`${type} ${data.id} ${data.version}`) ? 500 : 204;

/** So that a record is given up while a test waits. */
const impatient = (stacks: SynthesisedStack[]): void => {
  for (const { template } of stacks)
    for (const { Type, Properties } of Object.values(template.Resources))
      if (Type === "AWS::Lambda::EventSourceMapping" && Properties && "MaximumRetryAttempts" in Properties)
        Properties["MaximumRetryAttempts"] = 5;
};

const options = () => ({
  settings: { WEBHOOK_URL: receiver.url },
  returnFailedAfterSeconds: 1,
  alter: impatient,
});

beforeAll(async () => {
  receiver = await startReceiver(answer);
  stack = await startTestStack(options());
});
afterAll(async () => {
  await stack.remove();
  receiver.stop();
});

const command = (name: string, ...parameters: string[]) => runCommand(name, parameters, stack);
const delivered = (userId: string) => receiver.all(userId).filter(({ status }) => status === 204);
const versions = (got: readonly Got[]) => [
  ...new Map(got.map((one) => [one.eventId, one.data.version])).values(),
];
const rename = (token: string, count: number) =>
  Array.from({ length: count }).reduce<Promise<unknown>>(
    (before) => before.then(() => succeed("updateMe", { username: newUsername() }, { token })),
    Promise.resolve(),
  );
const reached = (userId: string, version: number) =>
  eventually(`version ${version} of ${userId}`, () =>
    delivered(userId).some(({ data }) => data.version >= version) ? true : undefined,
  );
const queued = (name: string) => stack.inspectQueue(queueName(name))?.messages;
const queueName = (name: string) => outputOf(stack, name).replace(/^.*\//, "");

const shownEvents = z.object({
  events: z.array(z.looseObject({ user_id: z.string(), webhook: z.unknown() })),
});

describe("webhooks", () => {
  it("tell each change of an account in order, and only ids", async () => {
    const person = await presetSession(stack);
    await rename(person.access, 2);
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    await reached(person.id, 4);
    const got = receiver.all(person.id);
    expect(got.map(({ type, data }) => [type, data.version])).toEqual([
      ["user.created", 1],
      ["user.updated", 2],
      ["user.updated", 3],
      ["user.deleted", 4],
    ]);
    expect(new Set(got.map(({ eventId }) => eventId)).size).toBe(4);
    // The page learns of an answer from the sender's log, a little after the receiver has given it.
    const shown = await eventually("the results of all webhooks", async () => {
      const answered: unknown = await (await fetch(`${stack.url}/_aws/events`)).json();
      const { events } = shownEvents.parse(answered);
      const own = events.filter(({ user_id: id }) => id === person.id);
      return own.every(({ webhook }) => webhook !== null) ? own : undefined;
    });
    expect(shown).toMatchObject(
      got.map(({ eventId, type, body }) => ({
        event_id: eventId,
        type,
        source: "lit-auth",
        bus: "lit-auth-test",
        detail: JSON.parse(body),
        webhook: { outcome: "delivered", status: 204, tries: 1 },
      })),
    );
  });

  it("of one person who fails hold back no one", async () => {
    const [failing, other] = await Promise.all([presetSession(stack), presetSession(stack)]);
    refusing.add(`user.created ${failing.id} 1`);
    await Promise.all([rename(failing.access, 1), rename(other.access, 1)]);
    await Promise.all([reached(failing.id, 2), reached(other.id, 2)]);
    // Two quick tries in place, then the later event goes on and the first waits apart.
    expect(receiver.all(failing.id).map(({ data, status }) => [data.version, status])).toEqual([
      [1, 500],
      [1, 500],
      [2, 204],
    ]);
    expect(
      new Set(
        receiver
          .all(failing.id)
          .slice(0, 2)
          .map(({ eventId }) => eventId),
      ).size,
    ).toBe(1);
    const retries = await eventually("the event that stepped aside", () => {
      const { delayed = [] } = queued("WebhookRetriesUrl") ?? {};
      return delayed.length > 0 ? delayed : undefined;
    });
    expect(retries.map(({ body }) => body)).toEqual([expect.stringContaining(failing.id)]);
    expect(retries.map(({ body }) => body).join()).not.toContain("@");
  });
});

it("no one but the function puts events on the bus", async () => {
  const { url: endpoint, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const client = new EventBridgeClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const entry = {
    EventBusName: "lit-auth-test",
    Source: "lit-auth",
    DetailType: "user.deleted",
    Detail: "{}",
  };
  await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toThrow(
    /events:PutEvents .* with an explicit deny in a resource-based policy/,
  );
});

describe("commands", () => {
  const verify = (secret: string, { body, headers }: Got): unknown =>
    new Webhook(secret).verify(body, headers);
  const newEvent = async () => {
    const { id } = await presetAccount(stack);
    await reached(id, 1);
    const [got] = receiver.all(id);
    if (!got) throw new Error("no webhook");
    return got;
  };

  it("show the secret in a new file and rotate it with overlap", async () => {
    const nowhere = await command("webhook-secret");
    expect([nowhere.code, nowhere.stdout]).toEqual([1, ""]);
    expect(nowhere.stderr).toContain("on a terminal only");

    expect(await command("webhook-secret", "--file", "first.txt")).toMatchObject({ code: 0 });
    const first = readFileSync(join(stack.folder, "first.txt"), "utf8").trim();
    expect(first).toMatch(/^whsec_/);
    expect(statSync(join(stack.folder, "first.txt")).mode & 0o777).toBe(0o600);
    expect(await command("webhook-secret", "--rotate", "--file", "first.txt")).toMatchObject({ code: 1 });
    verify(first, await newEvent());

    const rotated = await command("webhook-secret", "--rotate", "--file", "second.txt");
    expect(rotated.code).toBe(0);
    const second = readFileSync(join(stack.folder, "second.txt"), "utf8").trim();
    expect(rotated.stdout).not.toContain("whsec_");
    const overlapping = await newEvent();
    for (const secret of [first, second]) verify(secret, overlapping);

    expect(await command("webhook-secret", "--finish")).toMatchObject({ code: 0 });
    const last = await newEvent();
    verify(second, last);
    expect(() => verify(first, last)).toThrow("No matching signature");
  });

  it("send events again with their ids", async () => {
    const { id } = await presetAccount(stack);
    await reached(id, 1);
    const dry = await command("replay-events", "--since", "1h", "--dry-run");
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was sent") });
    expect(receiver.all(id)).toHaveLength(1);
    expect(await command("replay-events", "--since", "1h")).toMatchObject({ code: 0 });
    await eventually("the replay", () => (receiver.all(id).length === 2 ? true : undefined));
    const [first, second] = receiver.all(id);
    expect([second?.eventId, second?.body]).toEqual([first?.eventId, first?.body]);
  });

  it("read the stream again for what was given up", async () => {
    const { remove } = stack.faults.add({
      principal: "Events",
      operation: "PutEvents",
      error: { code: "AccessDeniedException", status: 400 },
      times: 1_000,
    });
    const { id } = await presetAccount(stack);
    const [letter] = await eventually("the position in the dead letters", () => {
      const { ready = [] } = queued("EventsDeadLettersUrl") ?? {};
      return ready.length > 0 ? ready : undefined;
    });
    remove();
    expect(letter?.body).toContain("startSequenceNumber");
    expect(letter?.body).not.toMatch(/@|Image|passwordHash/);
    expect(receiver.all(id)).toEqual([]);
    const { code, stdout } = await command("redrive-events");
    expect([code, stdout]).toEqual([0, expect.stringContaining("1 positions read again (1 events)")]);
    await reached(id, 1);
    expect(queued("EventsDeadLettersUrl")).toMatchObject({ ready: [], inflight: [] });
  });
});

// The last one: stores of this process know the address of the first run only.
it("webhooks are neither lost nor out of order if parts are killed", async () => {
  const people = await Promise.all([presetSession(stack), presetSession(stack)]);
  const killing = (async () => {
    for (const label of ["Events", "SendWebhook", "Events", "SendWebhook", "Events", "SendWebhook"]) {
      const [pid] = stack.processes().functions[label] ?? [];
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  })();
  await Promise.all(people.map(({ access }) => rename(access, 6)));
  await killing;
  // The runner ends in the middle and starts again on its data.
  await stack.stop();
  const dataDirectory = join(stack.folder, ".local");
  stack = { ...stack, ...(await startLocalStack({ ...options(), dataDirectory })) };
  pointAt(stack);
  await Promise.all(people.map(({ id }) => reached(id, 7)));
  for (const { id } of people) expect(versions(delivered(id))).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
