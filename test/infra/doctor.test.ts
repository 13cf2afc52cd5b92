// Runs `npm run doctor` against a stand-in for AWS, over the protocols that AWS speaks.
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startStandInAws, type Answers } from "../support/aws/stand-in-aws.ts";

let standIn: Awaited<ReturnType<typeof startStandInAws>> | undefined;
afterEach(() => standIn?.stop());

const doctor = async (answers: Answers, settings: Record<string, string> = {}) => {
  standIn = await startStandInAws(answers);
  const { PATH } = process.env;
  const env = { PATH, HOME: "/nowhere", ...standIn.environment, MAIL_FROM: "a@example.com", ...settings };
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    const parameters = [resolve("commands/doctor/doctor.ts"), "--stage", "prod"];
    // In a folder without .env.
    execFile(process.execPath, parameters, { env, cwd: tmpdir() }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
};

const caller = {
  GetCallerIdentity:
    "<Arn>arn:aws:sts::111122223333:assumed-role/Deployer/one</Arn><UserId>U</UserId><Account>111122223333</Account>",
};
const member = (stack: string, status: string) =>
  `<Stacks><member><StackName>${stack}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${stack.endsWith("stateful") ? "<member><OutputKey>SigningKeysArn</OutputKey><OutputValue>arn:signing</OutputValue></member>" : ""}</Outputs></member></Stacks>`;
const resource = (type: string, logical: string, physical: string) =>
  `<StackResourceSummaries><member><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member></StackResourceSummaries>`;
const absentStack = { refused: "ValidationError", message: "Stack with id x does not exist" };

describe("npm run doctor", () => {
  it("finds nothing against a first deployment", async () => {
    const { code, stdout, stderr } = await doctor({
      ...caller,
      GetParameter: { Parameter: { Name: "version", Value: "30" } },
      DescribeStacks: absentStack,
      "GET /v2/email/account": {
        ProductionAccessEnabled: true,
        SendingEnabled: true,
        EnforcementStatus: "HEALTHY",
        SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 },
      },
      "GET /v2/email/identities/*": { refused: "NotFoundException" },
      "GET /2016-08-19/account-settings*": {
        AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
      },
      "GET /account": {},
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toMatch(/^(?:problem|not checked)/m);
    expect(stdout.match(/^ok /gm)?.length).toBeGreaterThan(12);
    expect(stdout).toContain(
      "ok           credentials: arn:aws:sts::111122223333:assumed-role/Deployer/one in eu-c",
    );
    // Nothing but reads.
    expect(standIn?.called.filter((name) => !/^(?:Get|Describe|List|Simulate|GET )/.test(name))).toEqual([]);
  });

  it("says problem for what would stop a deployment or its letters", async () => {
    const { code, stdout } = await doctor(
      {
        ...caller,
        GetParameter: { refused: "ParameterNotFound" },
        DescribeStacks: ({ StackName = "" }) =>
          StackName.includes("sender")
            ? absentStack
            : member(StackName, StackName.endsWith("-api") ? "UPDATE_ROLLBACK_FAILED" : "UPDATE_COMPLETE"),
        ListStackResources: ({ StackName = "" }) =>
          StackName.endsWith("user-functions")
            ? resource("AWS::IAM::Role", "RefreshTokenRole0A1B2C3D", "Refresh-1")
            : resource("AWS::SNS::Topic", "Alarms", "arn:aws:sns:eu-central-1:111122223333:alarms"),
        ListSubscriptionsByTopic:
          "<Subscriptions><member><SubscriptionArn>PendingConfirmation</SubscriptionArn></member></Subscriptions>",
        SimulatePrincipalPolicy:
          "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>secretsmanager:GetSecretValue</EvalActionName><EvalDecision>explicitDeny</EvalDecision><ResourceSpecificResults><member><EvalResourceName>arn:signing</EvalResourceName><EvalResourceDecision>explicitDeny</EvalResourceDecision></member></ResourceSpecificResults></member></EvaluationResults>",
        "GET /v2/email/account": { ProductionAccessEnabled: false, SendingEnabled: false },
        "GET /v2/email/identities/a@example.com": { VerifiedForSendingStatus: true },
        "GET /2016-08-19/account-settings*": { AccountLimit: { ConcurrentExecutions: 10 } },
        "GET /2019-09-30/functions/*": {},
        "GET /2017-10-31/functions/*": {},
        "GET /account": { cloudwatchRoleArn: "arn:aws:iam::111122223333:role/theirs" },
      },
      { HASHING_CONCURRENCY: "10", ALARM_EMAIL: "ops@example.com" },
    );
    expect(code).toBe(1);
    for (const line of [
      /^problem {6}CDK bootstrap: .*npx cdk bootstrap aws:\/\/111122223333\/eu-central-1$/m,
      /^problem {6}stack lit-auth-prod-api: UPDATE_ROLLBACK_FAILED\. .*continue-update-rollback/m,
      /^problem {6}SES identity: .*Set SES_IDENTITY=existing/m,
      /^warning {6}SES account: It is in the sandbox/m,
      /^problem {6}SES account: Sending is paused/m,
      /^problem {6}Lambda concurrency: HASHING_CONCURRENCY=10/m,
      /^warning {6}log role of API Gateway: Something else has set it to arn:aws:iam::111122223333:role\/theirs/m,
      /^warning {6}alarms: The subscription is not confirmed/m,
      /^problem {6}rights of functions: .*refreshToken secretsmanager:GetSecretValue/m,
    ])
      expect(stdout).toMatch(line);
  });

  it("says not checked for refused calls, and doesn't crash", async () => {
    const { code, stdout, stderr } = await doctor(caller);
    expect([code, stderr]).toEqual([0, ""]);
    for (const action of [
      "ssm:GetParameter",
      "cloudformation:DescribeStacks",
      "ses:GetEmailIdentity",
      "ses:GetAccount",
      "lambda:GetAccountSettings",
      "apigateway:GET",
      "iam:SimulatePrincipalPolicy",
    ])
      expect(stdout).toMatch(new RegExp(`^not checked  .* may not call .*${action}`, "m"));
  });

  it("stops at credentials that AWS doesn't accept", async () => {
    const { code, stdout } = await doctor({
      GetCallerIdentity: { refused: "ExpiredToken", message: "It has expired" },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem {6}credentials: AWS doesn't accept them .* It has expired\n$/);
  });
});
