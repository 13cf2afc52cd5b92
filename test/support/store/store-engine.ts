// Global setup: a bare DynamoDB engine with the templates' tables, for tests that set the clock.
// Each engine has its own vitest project.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import {
  NoEngineError,
  startDynamoDbEngine,
  type EngineName,
} from "../../../infra/local/engines/dynamodb-engine.ts";
import { createTables } from "../../../infra/local/engines/create-tables.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { templatesAt } from "../stacks/test-templates.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty if this machine can't run the engine. */
    engineUrl: string;
    engineAccessKeyId: string;
    engineName: EngineName;
    /** The environment variables that name the tables. */
    storeEnvironment: Record<string, string>;
  }
}

const tableVariables = {
  Users: "USERS_TABLE",
  Sessions: "SESSIONS_TABLE",
  Limits: "LIMITS_TABLE",
  History: "HISTORY_TABLE",
};

export const provideEngine = async (project: TestProject, name: EngineName): Promise<() => Promise<void>> => {
  project.provide("engineName", name);
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-store-"));
  try {
    const engine = await startDynamoDbEngine(directory, name);
    const templates = loadTemplates(await templatesAt(engine.url), engine.url);
    await createTables(templates, engine);
    const names = templates.ofType("AWS::DynamoDB::Table").map((table) => table.identity().ref);
    const nameOf = (label: string) => names.find((name) => name.includes(label)) ?? `no table ${label}`;
    project.provide("engineUrl", engine.url);
    project.provide("engineAccessKeyId", engine.accessKeyId);
    project.provide(
      "storeEnvironment",
      Object.fromEntries(
        Object.entries(tableVariables).map(([label, variable]) => [variable, nameOf(label)]),
      ),
    );
    return async () => {
      await engine.stop();
      rmSync(directory, { recursive: true });
    };
  } catch (error) {
    // Only a missing engine skips the tests. One that is installed and doesn't start fails them.
    if (!(error instanceof NoEngineError)) throw error;
    console.warn(`store tests on ${name} are skipped: ${error.message}`);
    project.provide("engineUrl", "");
    project.provide("engineAccessKeyId", "");
    project.provide("storeEnvironment", {});
    return async () => {};
  }
};
