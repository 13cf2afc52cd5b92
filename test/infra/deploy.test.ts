// Runs `npm run deploy` with stand-ins for CDK's command line, the smoke test and CloudWatch.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseCommandLine } from "../../infra/command-line/command-line.ts";
import { deploysNow, needsAnswer, productionSteps } from "../../infra/deployment-steps.ts";
import { alarmName } from "../../infra/naming.ts";
import { triggerIds, usableTriggers } from "../../infra/rollback-triggers.ts";
import { settingsTable } from "../../infra/settings/settings-table.ts";
import { startStandInAws, type Answers } from "../support/aws/stand-in-aws.ts";

const arnOf = (id: string) => `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${alarmName("prod", id)}`;
const alarm = (id: string, StateValue = "OK") => ({
  AlarmName: alarmName("prod", id),
  AlarmArn: arnOf(id),
  StateValue,
});
const words = (line: string): string[] => line.split(" ");
const triggerOf = (id: string, isOn = false) => ({ arn: arnOf(id), name: alarmName("prod", id), isOn });

describe("rollback triggers", () => {
  it("are five at most, which CloudFormation allows", () => {
    expect(triggerIds.length).toBeLessThanOrEqual(5);
    expect(alarmName("prod", "ServerErrorAlarm")).toBe("lit-auth-prod-server-error-alarm");
  });

  it("that are on stop a deployment, or are left out", () => {
    const triggers = [triggerOf("ServerErrorAlarm", true), triggerOf("DeadLetterAlarm")];
    expect(() => usableTriggers(triggers, false)).toThrow(
      /^Nothing was deployed, .*: lit-auth-prod-server-error-alarm is in ALARM\. .*--despite-alarms/,
    );
    expect(usableTriggers(triggers, true)).toEqual([triggers[1]]);
  });
});

describe("steps of a production deployment", () => {
  const never = ["--require-approval", "never"];
  it("watch the stacks that callers use, and only them", () => {
    const triggers = [triggerOf("ServerErrorAlarm"), triggerOf("DeadLetterAlarm")];
    expect(productionSteps({ operands: never, triggers, hasSender: true })).toEqual([
      ["Stateful", "Account", "Sender", ...never],
      words(
        `UserFunctions StaffFunctions Api --exclusively --rollback-trigger-alarm-arns ${arnOf("ServerErrorAlarm")} --rollback-trigger-alarm-arns ${arnOf("DeadLetterAlarm")} --monitoring-time-minutes 10 --concurrency 2 --require-approval never`,
      ),
    ]);
  });

  it("clear triggers where none is left, and make no second sender", () => {
    const [first, second] = productionSteps({ operands: [], triggers: [], hasSender: false });
    expect(first).toEqual(["Stateful", "Account"]);
    expect(second?.slice(3)).toEqual(["--exclusively", "--rollback-trigger-alarm-arns", "none"]);
  });

  it.each<[string[], boolean]>([
    [[], true],
    [["--require-approval", "broadening"], true],
    [never, false],
    [["--require-approval=never"], false],
    [["-y"], false],
  ])("with %j need a terminal: %s", (operands, needed) => {
    expect([needsAnswer(operands, false), needsAnswer(operands, true)]).toEqual([needed, false]);
  });

  it.each<[string[], boolean]>([
    [never, true],
    [["--no-execute"], false],
    [["--method", "prepare-change-set"], false],
    [["--method=prepare-change-set"], false],
  ])("with %j end in a smoke test: %s", (operands, isTested) => {
    expect(deploysNow(operands)).toBe(isTested);
  });
});

// A folder like the repository. Two of its programs only write down how they are called.
let folder: string;
const log = () => join(folder, "calls.log");
const recorder = (name: string) =>
  `const { appendFileSync } = require("node:fs");
appendFileSync(${JSON.stringify(log())}, JSON.stringify([${JSON.stringify(name)}, ...process.argv.slice(2)]) + "\\n");
process.exit(Number(process.env.${name}_STATUS ?? 0));`;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lit-auth-deploy-"));
  for (const name of ["infra", "shared", "package.json"]) symlinkSync(resolve(name), join(folder, name));
  for (const name of ["node_modules", "node_modules/aws-cdk/bin", "commands/stage"])
    mkdirSync(join(folder, name), { recursive: true });
  for (const name of readdirSync("node_modules"))
    if (name !== "aws-cdk" && !existsSync(join(folder, "node_modules", name)))
      symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "node_modules/aws-cdk/bin/cdk"), recorder("CDK"));
  writeFileSync(
    join(folder, "commands/stage/smoke-test.ts"),
    `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${recorder("SMOKE")}`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

let standIn: Awaited<ReturnType<typeof startStandInAws>> | undefined;
afterEach(() => standIn?.stop());

const deploy = async (parameters: string[], answers: Answers, settings: Record<string, string> = {}) => {
  standIn = await startStandInAws(answers);
  writeFileSync(log(), "");
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nowhere",
    NODE_OPTIONS: "--preserve-symlinks --preserve-symlinks-main",
    MAIL_FROM: "a@example.com",
    ...standIn.environment,
    ...settings,
  };
  return new Promise<{ code: number; stderr: string; calls: string[][] }>((done) => {
    execFile(
      process.execPath,
      ["infra/deploy.ts", ...parameters],
      { env, cwd: folder },
      (error, _, stderr) => {
        const calls = readFileSync(log(), "utf8").trim().split("\n").filter(Boolean);
        done({
          code: Number(error?.code ?? 0),
          stderr,
          calls: calls.map((line) => JSON.parse(line) as string[]),
        });
      },
    );
  });
};

describe("npm run deploy", () => {
  const never = ["--", "--require-approval", "never"];

  it("watches prod with the alarms that exist, then tests it", async () => {
    const asked: unknown[] = [];
    const answers = {
      DescribeAlarms: (input: object) => {
        asked.push(input);
        return { MetricAlarms: [alarm("ServerErrorAlarm"), alarm("RefreshErrorAlarm", "INSUFFICIENT_DATA")] };
      },
    };
    const { code, stderr, calls } = await deploy(["--stage", "prod", ...never], answers);
    expect([code, stderr]).toEqual([0, ""]);
    expect(asked).toEqual([
      expect.objectContaining({ AlarmNames: triggerIds.map((id) => alarmName("prod", id)) }),
    ]);
    const app = ["CDK", "deploy", "--app", "node infra/app.ts --stage prod"];
    expect(calls).toEqual([
      [...app, ...words("Stateful Account Sender --require-approval never")],
      [
        ...app,
        ...words(
          `UserFunctions StaffFunctions Api --exclusively --rollback-trigger-alarm-arns ${arnOf("ServerErrorAlarm")} --rollback-trigger-alarm-arns ${arnOf("RefreshErrorAlarm")} --monitoring-time-minutes 10 --concurrency 2 --require-approval never`,
        ),
      ],
      ["SMOKE", "--stage", "prod", "--letters-only"],
    ]);
  });

  it("fails if the smoke test does, but not the first time", async () => {
    const operator = { KEY_OPERATOR_ARN: "arn:aws:iam::111122223333:role/Deployer", SMOKE_STATUS: "1" };
    const later = await deploy(
      ["--stage=prod", ...never],
      { DescribeAlarms: { MetricAlarms: [alarm("DeadLetterAlarm")] } },
      operator,
    );
    expect(later.code).toBe(1);
    expect(later.stderr).toContain("its smoke test failed. To go back, deploy the earlier commit");
    expect(later.calls.at(-1)).toEqual(["SMOKE", "--stage", "prod"]);
    const first = await deploy(["--stage=prod", ...never], { DescribeAlarms: {} }, operator);
    expect([first.code, first.calls.at(-1)]).toEqual([0, ["SMOKE", "--stage", "prod"]]);
    expect(first.stderr).toContain("until the SES identity is confirmed");
  });

  it("deploys nothing that would be rolled back, or that no one watches", async () => {
    const on = { DescribeAlarms: { MetricAlarms: [alarm("DeadLetterAlarm", "ALARM")] } };
    const stopped = await deploy(["--stage=prod", ...never], on);
    expect([stopped.code, stopped.calls]).toEqual([1, []]);
    expect(stopped.stderr).toMatch(/^Nothing was deployed, .*lit-auth-prod-dead-letter-alarm is in ALARM/);
    const blind = await deploy(["--stage=prod", ...never], {});
    expect([blind.code, blind.calls]).toEqual([1, []]);
    expect(blind.stderr).toContain("can't be read (cloudwatch:DescribeAlarms)");
  });

  it("says in a sentence why it can't begin", async () => {
    const { code, stderr, calls } = await deploy(["--stage", "dev"], {});
    expect([code, calls]).toEqual([1, []]);
    expect(stderr).toMatch(
      /^Nothing was deployed, because there is no terminal .* -- --require-approval never\n$/,
    );
    const swallowed = await deploy(never, {}, { npm_config_stage: "prod" });
    expect([swallowed.code, swallowed.calls]).toEqual([1, []]);
    expect(swallowed.stderr).toMatch(/^npm took --stage for itself\. .*npm run deploy -- --stage <name>\n$/);
    const approved = await deploy(["--stage", "dev", ...never], {});
    expect(approved.calls).toEqual([
      ["CDK", "deploy", "--app", "node infra/app.ts --stage dev", "--all", "--require-approval", "never"],
    ]);
  });

  it("stops where a step fails", async () => {
    const { code, calls } = await deploy(
      ["--stage=prod", ...never],
      { DescribeAlarms: {} },
      { CDK_STATUS: "1" },
    );
    expect([code, calls.length]).toEqual([1, 1]);
  });
});

describe("sample pipeline of docs/operations.md", () => {
  type Step = { run?: string; uses?: string; with?: Record<string, unknown> };
  const text = /```yaml\n([^]*?)```/.exec(readFileSync("docs/operations.md", "utf8"))?.[1] ?? "";
  const workflow = parse(text) as {
    permissions: Record<string, string>;
    jobs: Record<string, { environment: string; env: Record<string, string>; steps: Step[] }>;
  };
  const [job] = Object.values(workflow.jobs);
  const commands = (job?.steps ?? []).flatMap(({ run }) => run ?? []);

  it("has credentials of a role and no long-lived key", () => {
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(text).not.toMatch(/secrets\.|access-key/i);
    expect(job?.steps.some((step) => step.with?.["role-to-assume"] === "${{ vars.DEPLOY_ROLE_ARN }}")).toBe(
      true,
    );
  });

  it("names settings and scripts that exist, and never asks", () => {
    expect(Object.keys(job?.env ?? {}).filter((name) => !(name in settingsTable))).toEqual([]);
    const scripts = commands.flatMap((line) => /^npm run (\S+) -- (.*)$/.exec(line)?.slice(1) ?? []);
    expect(scripts).toEqual(["doctor", "--stage prod", "deploy", "--stage prod -- --require-approval never"]);
    const { operands } = parseCommandLine("deploy", (scripts[3] ?? "").split(" "));
    expect(needsAnswer(operands, false)).toBe(false);
    expect(parseCommandLine("doctor", (scripts[1] ?? "").split(" ")).values).toEqual({ stage: "prod" });
  });
});
