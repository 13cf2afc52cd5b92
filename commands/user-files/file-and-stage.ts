import { parseArgs } from "node:util";

export const fileAndStage = (command: string): { file: string; stage: string | undefined } => {
  const { values, positionals } = parseArgs({
    options: { stage: { type: "string" } },
    allowPositionals: true,
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    throw new Error(`Name one file: npm run ${command} -- file.jsonl [--stage prod]`);
  return { file, stage: values.stage };
};
