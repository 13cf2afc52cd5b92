import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// All processes that tests start use this cache. Short ones spend most of their time compiling.
process.env["NODE_COMPILE_CACHE"] = join(import.meta.dirname, "build/compile-cache");

const bundles = "test/support/stacks/prepare-build.ts";

const project = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup: [bundles, ...globalSetup] },
});

/** Runs the files in one process, because loading the packages takes longer than the tests. */
const sharedProcess = <Project extends { test: object }>({ test, ...rest }: Project) => ({
  ...rest,
  test: { ...test, isolate: false },
});

/** Deployed stages are slow. BASE_URL is read here, because vitest sets its own in workers. */
const longestTestSeconds = process.env["BASE_URL"] === undefined ? 5 : 25;

/** These tests reach rate limits, which use the real clock. */
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

// Files of a worker share its stack. Those that need other settings or break it have one of their own.
const scenarios = sharedProcess(limitedProject("scenarios", ["test/support/stacks/shared-stacks.ts"]));

const emulator = sharedProcess(project("emulator"));
const infra = sharedProcess(project("infra"));
const processes = [
  "test/emulator/start.test.ts",
  "test/infra/client/packed-client.test.ts",
  "test/infra/deploy.test.ts",
  "test/infra/doctor.test.ts",
];

export default defineConfig({
  test: {
    // Most tests wait for child processes, so two more workers than cores keep all cores busy.
    maxWorkers: availableParallelism() + 2,
    // Vite reads a `#` in a path as the end of the file's name, and Node does not.
    experimental: { viteModuleRunner: !import.meta.dirname.includes("#") },
    // Long timeouts cost nothing while tests pass, and machines can be slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 120_000,
    projects: [
      sharedProcess(project("unit")),
      { extends: true as const, test: { ...infra.test, exclude: processes } },
      { extends: true as const, test: { ...emulator.test, exclude: processes } },
      // Each test is a whole `npm start`, deployment, doctor or installation, so only `npm run test:start` runs this.
      { extends: true as const, test: { ...emulator.test, name: "start", include: processes } },
      { extends: true as const, test: { ...scenarios.test, exclude: ["test/scenarios/own-stack/**"] } },
      limitedProject("scenarios/own-stack"),
      storeProject("dynoxide"),
      storeProject("dynamodb-local"),
      sharedProcess(limitedProject("api", ["test/support/stacks/target.ts"])),
      sharedProcess(project("repository")),
      // This project needs Chromium, so only `npm run test:browser` runs it.
      project("browser"),
    ],
  },
});
