import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { claimsOf, useFakeService } from "../../support/client/fake-service.ts";
import { pass, settled, turn, useFakeTime } from "../../support/client/fake-time.ts";
import { TabWorld } from "../../support/client/tab-world.ts";

useFakeTime();
useFakeService();

const tabCount = 3;
/** A thousand more of each found nothing. */
const runs = 60;
type Step = fc.AsyncCommand<object, TabWorld>;

const expectNoFault = (world: TabWorld) => expect(world.judge()).toEqual([]);

const step = (name: string, act: (world: TabWorld) => unknown): Step => ({
  check: () => true,
  run: async (_, world) => {
    void act(world);
    await turn();
    expectNoFault(world);
  },
  toString: () => name,
});

const tab = fc.nat(tabCount - 1);
const waits = [0, 1, 3, 10, 30, 400, 2000, 12_000, 31_000, 70_000, 845_000, 1_000_000];
const steps = [
  tab.map((at) => step(`getMe in ${at}`, (world) => world.call(at, (client) => client.getMe()))),
  tab.map((at) => step(`token in ${at}`, (world) => world.call(at, (client) => client.getAccessToken()))),
  fc
    .tuple(tab, fc.constantFrom("ada", "bob"))
    .map(([at, who]) => step(`sign in ${who} in ${at}`, (world) => world.signIn(at, who))),
  tab.map((at) => step(`sign out in ${at}`, (world) => world.signOut(at))),
  tab.map((at) => step(`close ${at}`, (world) => world.closeTab(at))),
  fc.constant(step("offline", (world) => (world.isOnline = false))),
  fc.constant(step("online", (world) => (world.isOnline = true))),
  fc.integer({ min: 1, max: 3 }).map((n) => step(`lose ${n}`, (world) => (world.answersToLose = n))),
  fc.integer({ min: 1, max: 3 }).map((n) => step(`refuse ${n}`, (world) => (world.requestsToRefuse = n))),
  fc.constant(step("replay", (world) => world.replay())),
];
const passing = fc.constantFrom(...waits).map((milliseconds): Step => ({
  check: () => true,
  run: async (_, world) => {
    await pass(milliseconds);
    expectNoFault(world);
  },
  toString: () => `pass ${milliseconds}`,
}));

/** Everything is well again: each tab shows what is stored, and what is stored works. */
const expectAgreement = async (world: TabWorld) => {
  Object.assign(world, { isOnline: true, answersToLose: 0, requestsToRefuse: 0 });
  await pass(60_000);
  world.look();
  await turn();
  const results = [];
  for (const at of world.tabs.keys()) results.push(await settled(world.call(at, (client) => client.getMe())));
  await pass(2000);
  expectNoFault(world);
  const token = world.storedToken();
  const snapshots = world.tabs.map(({ client }) => client.getSnapshot());
  if (token === undefined) {
    const reason = world.store.session?.includes("session_ended") && { reason: "session_ended" };
    expect(snapshots).toEqual(snapshots.map(() => ({ status: "signed_out", ...reason })));
    if (reason) expect(world.service.replays.length).toBeGreaterThan(0);
  } else {
    const { sub: userId, sid: sessionId } = claimsOf(token);
    expect(snapshots).toEqual(snapshots.map(() => ({ status: "signed_in", userId, sessionId })));
    expect(results.map(({ data, error }) => error ?? (data as { id: string } | null)?.id)).toEqual(
      results.map(() => userId),
    );
  }
};

const scenario = (isSlow: boolean) =>
  fc.asyncProperty(
    fc.commands([passing, passing, passing, ...steps], { maxCommands: 60, size: "max" }),
    fc.nat(),
    async (commands, seed) => {
      vi.clearAllTimers();
      const world = new TabWorld(isSlow ? 1 : tabCount, isSlow, seed);
      await fc.asyncModelRun(
        () => ({ model: {}, real: world }),
        [step("sign in ada", (world) => world.signIn(0, "ada")), ...commands],
      );
      await expectAgreement(world);
    },
  );

// Between its read and its write, another tab can write to a store that answers later. Such stores
// belong to one process, as React Native's does, so here they have one page that is opened again.
describe("clients on one store", () => {
  it.each([
    ["tabs with a store that answers at once", false],
    ["an app with a store that answers later", true],
  ])("keep every promise: %s", async (_, isSlow) => {
    await fc.assert(scenario(isSlow), { numRuns: runs });
  });
});

it.each([false, true])("a sign-out reaches tabs that are writing (its own closes: %s)", async (closes) => {
  for (let delay = 0; delay < 90; delay += 1) {
    vi.clearAllTimers();
    const world = new TabWorld(tabCount, true, delay);
    await settled(world.signIn(0, "ada"));
    await pass(850_000);
    const asking = world.call(1, (client) => client.getMe());
    await pass(delay);
    void world.signOut(0);
    await pass(closes ? 25 : 300);
    if (closes) world.closeTab(0);
    await settled(asking);
    await pass(1000);
    expect([delay, world.storedToken()]).toEqual([delay, undefined]);
    expectNoFault(world);
    for (const { client } of world.tabs) expect(client.getSnapshot()).toEqual({ status: "signed_out" });
  }
});
