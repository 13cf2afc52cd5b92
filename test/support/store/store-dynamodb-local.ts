import type { TestProject } from "vitest/node";
import { provideEngine } from "./store-engine.ts";

export const setup = (project: TestProject) => provideEngine(project, "dynamodb-local");
