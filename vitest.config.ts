import { defineConfig } from "vitest/config";

const bundles = "test/support/bundles.ts";

const project = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup: [bundles, ...globalSetup] },
});

/** Whose tests meet limits by the real clock. */
const limitedProject = (name: string, globalSetup: string[] = []) => {
  const { test, ...rest } = project(name, globalSetup);
  return { ...rest, test: { ...test, setupFiles: ["test/support/away-from-borders.ts"] } };
};

const storeProject = (engine: string) => ({
  extends: true as const,
  test: {
    name: `store:${engine}`,
    include: ["test/store/**/*.test.ts"],
    globalSetup: [bundles, `test/support/store-${engine}.ts`],
    setupFiles: ["test/support/store-environment.ts"],
  },
});

export default defineConfig({
  test: {
    // Most tests wait for processes of their own: one worker for each of two cores, instead of one core left idle.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project("unit"),
      project("infra"),
      project("local"),
      limitedProject("stack"),
      storeProject("dynoxide"),
      storeProject("dynamodb-local"),
      limitedProject("api", ["test/support/target.ts"]),
      // Needs a Chromium, so `npm test` leaves it out: npm run test:browser.
      project("browser"),
    ],
  },
});
