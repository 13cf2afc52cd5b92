import type { TestProject } from "vitest/node";
import { provideStore } from "./store-engine.ts";

export const setup = (project: TestProject) => provideStore(project, "dynoxide");
