import { readCommandLine } from "../command-line/command-line.ts";
import { runScript } from "../run-script.ts";
import { deploy } from "./deploy-stacks.ts";
import { down } from "./down.ts";
import { findLocalStack } from "./localstack.ts";
import { test } from "./test.ts";
import { up } from "./up.ts";

const timed = async (what: string, work: Promise<void>): Promise<void> => {
  const start = performance.now();
  await work;
  console.log(`\n${what} took ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
};

await runScript(async () => {
  readCommandLine("test:localstack");
  const localStack = findLocalStack();
  await timed("Starting LocalStack", up(localStack));
  try {
    await timed("Bootstrap and deployment", deploy(localStack));
    await timed("The test suite", test(localStack));
  } finally {
    await down(localStack);
  }
});
