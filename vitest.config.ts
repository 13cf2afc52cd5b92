import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Read by every process that tests start, from workers to the commands of operators: most of what a short one does is compile.
process.env["NODE_COMPILE_CACHE"] = join(import.meta.dirname, "build/compile-cache");

const bundles = "test/support/stacks/prepare-build.ts";

const project = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup: [bundles, ...globalSetup] },
});

/** Whose files share a process, one after the other: they start nothing of their own, and loading the packages anew takes longer than they do. */
const sharedProcess = <Project extends { test: object }>({ test, ...rest }: Project) => ({
  ...rest,
  test: { ...test, isolate: false },
});

/** Deployed stages and LocalStack take their time. Asked here: in its workers vitest sets a BASE_URL of its own. */
const longestTestSeconds = process.env["BASE_URL"] === undefined ? 12 : 25;

/** Whose tests meet limits by the real clock. */
const limitedProject = (name: string, globalSetup: string[] = []) => {
  const { test, ...rest } = project(name, globalSetup);
  const setupFiles = ["test/support/limits/avoid-window-end.ts"];
  const retry = { count: 2, condition: /^a window ended meanwhile/ };
  return { ...rest, test: { ...test, setupFiles, provide: { longestTestSeconds }, retry } };
};

const storeProject = (engine: string) =>
  sharedProcess({
    extends: true as const,
    test: {
      name: `store:${engine}`,
      include: ["test/store/**/*.test.ts"],
      globalSetup: [bundles, `test/support/store/store-${engine}.ts`],
      setupFiles: ["test/support/store/store-environment.ts"],
    },
  });

export default defineConfig({
  test: {
    // Most tests wait for processes of their own: with one worker more than cores, none is idle.
    maxWorkers: availableParallelism() + 1,
    // Patience costs nothing while tests pass, and machines can be slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 120_000,
    projects: [
      sharedProcess(project("unit")),
      sharedProcess(project("infra")),
      project("emulator"),
      limitedProject("scenarios"),
      storeProject("dynoxide"),
      storeProject("dynamodb-local"),
      sharedProcess(limitedProject("api", ["test/support/stacks/target.ts"])),
      // Needs a Chromium, so `npm test` leaves it out: npm run test:browser.
      project("repository"),
      project("browser"),
    ],
  },
});
