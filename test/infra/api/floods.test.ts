/** What stands against floods in AWS itself, beside the limits that the functions count. */
import { describe, expect, it } from "vitest";
import type { Grant } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { loadFunctions } from "../../../infra/local/lambda/function-definitions.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { pascalCase } from "../../../infra/naming.ts";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const guarded = synthesiseStage({
  WAF: "on",
  WAF_REQUESTS_PER_FIVE_MINUTES: "500",
  HASHING_CONCURRENCY: "7",
});
const operations = Object.entries<Operation>(contract) as [OperationName, Operation][];
const hashing = Object.entries<Grant>(grants).flatMap(([name, { hashes }]) => (hashes ? [name] : []));

describe("throttles", () => {
  const [deployed] = Object.values(stage.all("AWS::ApiGateway::Stage"));
  const settings = deployed?.["MethodSettings"] as Record<string, unknown>[];
  const settingOf = ({ method, path }: Operation) => {
    const ResourcePath = `/${path.replace(/\/$/, "").replaceAll("/", "~1")}`;
    return settings.find((one) => one["HttpMethod"] === method && one["ResourcePath"] === ResourcePath);
  };

  it("are tightest where a call costs a hash, then where anybody may POST; others have the stage's", () => {
    for (const [name, operation] of operations) {
      const rate = settingOf(operation)?.["ThrottlingRateLimit"];
      const isPublicPost = operation.caller === "public" && operation.method === "POST";
      expect([name, rate]).toEqual([name, hashing.includes(name) ? 40 : isPublicPost ? 50 : undefined]);
    }
    expect(settings).toContainEqual(
      expect.objectContaining({ HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 100 }),
    );
  });

  it("come with no data trace, which would write passwords and tokens into a log", () => {
    for (const one of settings) expect(one).toMatchObject({ DataTraceEnabled: false });
    for (const one of settings) expect(one).not.toHaveProperty("LoggingLevel");
  });
});

describe("concurrency", () => {
  const reserved = (source: typeof stage) =>
    Object.entries(source.all("AWS::Lambda::Function")).flatMap(([id, properties]) =>
      "ReservedConcurrentExecutions" in properties
        ? [`${id.replace(/[0-9A-F]{8}$/, "")} ${String(properties["ReservedConcurrentExecutions"])}`]
        : [],
    );

  it("is not reserved unless asked for: a new account has none to spare", () => {
    expect(reserved(stage)).toEqual([]);
  });

  it("is reserved for each function that hashes, and the local runner keeps to it", () => {
    const expected = hashing.map((name) => `${pascalCase(name)} 7`).toSorted();
    expect(reserved(guarded).toSorted()).toEqual(expected);
    const local = loadFunctions(loadTemplates(guarded.stacks, "http://127.0.0.1:1"));
    const limited = local.filter(({ reservedConcurrency }) => reservedConcurrency !== undefined);
    const kept = limited.map(({ label, reservedConcurrency }) => `${label} ${reservedConcurrency}`);
    expect(kept.toSorted()).toEqual(expected);
  });
});

describe("the web ACL", () => {
  const [acl] = Object.values(guarded.all("AWS::WAFv2::WebACL"));
  const rules = acl?.["Rules"] as Record<string, unknown>[];

  it("is there only where a setting asks for it", () => {
    expect(stage.all("AWS::WAFv2::WebACL")).toEqual({});
    expect(stage.all("AWS::WAFv2::WebACLAssociation")).toEqual({});
  });

  it("stands before the stage, with a rate for each address and AWS's managed rules", () => {
    expect(JSON.stringify(guarded.all("AWS::WAFv2::WebACLAssociation"))).toMatch(
      /\/stages\/",\{"Ref":"Stage[0-9A-F]{8}"\}/,
    );
    expect(rules.map(({ Name, Priority }) => [Priority, Name])).toEqual([
      [0, "RequestsPerAddress"],
      [1, "AWSManagedRulesAmazonIpReputationList"],
      [2, "AWSManagedRulesKnownBadInputsRuleSet"],
      [3, "AWSManagedRulesCommonRuleSet"],
    ]);
    expect(rules[0]).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { Limit: 500, AggregateKeyType: "IP" } },
    });
  });

  it("keeps no samples, which hold tokens and cookies, and lets passwords look like anything", () => {
    expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true');
    expect(JSON.stringify(rules[3])).toContain('{"ActionToUse":{"Count":{}},"Name":"GenericLFI_BODY"}');
  });

  it("is nothing that the local runner needs to know", () => {
    expect(() => loadApi(loadTemplates(guarded.stacks, "http://127.0.0.1:1"))).not.toThrow();
  });
});

describe("alarms on attacks", () => {
  const filters = Object.values(stage.all("AWS::Logs::MetricFilter"));
  const watched = (metricName: string) =>
    filters
      .filter((filter) => JSON.stringify(filter["MetricTransformations"]).includes(`"${metricName}"`))
      .map(({ LogGroupName }) =>
        String(/"Ref":"(\w+)Logs[0-9A-F]{8}"/.exec(JSON.stringify(LogGroupName))?.[1]),
      )
      .toSorted();
  const operationsWith = (...codes: string[]) =>
    operations
      .filter(([, { errors }]) => errors.some((code) => codes.includes(code)))
      .map(([name]) => pascalCase(name))
      .toSorted();

  it("count refused secrets of all accounts wherever a secret is checked [ASVS 6.3.1]", () => {
    expect(watched("FailedGuesses")).toEqual(
      operationsWith(
        "activation_refused",
        "sign_in_refused",
        "no_active_account",
        "code_refused",
        "too_many_password_guesses",
      ),
    );
    expect(watched("FailedGuesses")).toEqual(
      expect.arrayContaining(["ActivateUser", "CreateToken", "DeleteMe", "RequestOtp", "UpdateUser"]),
    );
    expect(filters).toContainEqual(
      expect.objectContaining({
        FilterPattern: '{ $.event = "refused" }',
        MetricTransformations: [
          { MetricNamespace: "LitAuth/dev", MetricName: "FailedGuesses", MetricValue: "1" },
        ],
      }),
    );
    const other = synthesiseStage({ FAILED_GUESSES_ALARM_PER_HOUR: "30" });
    expect(other.one("AWS::CloudWatch::Alarm", "FailedGuessesAlarm").Properties).toMatchObject({
      Namespace: "LitAuth/dev",
      MetricName: "FailedGuesses",
      Statistic: "Sum",
      Period: 3_600,
      Threshold: 30,
    });
  });

  it("go off when the budget for letters refuses", () => {
    expect(watched("LettersOverBudget")).toEqual(operationsWith("letter_budget_spent"));
    expect(JSON.stringify(filters)).toContain(
      JSON.stringify('{ ($.event = "limited") && ($.code = "letter_budget_spent") }'),
    );
    expect(stage.one("AWS::CloudWatch::Alarm", "LetterBudgetAlarm").Properties).toMatchObject({
      MetricName: "LettersOverBudget",
      Threshold: 1,
    });
  });
});
