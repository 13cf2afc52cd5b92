import { Stack } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { buildApp } from "../../../infra/build-app.ts";
import { firstStacks, watchedStacks } from "../../../infra/deployment-steps.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { functionName, kebabCase } from "../../../infra/naming.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { requiredSettings, synthesiseStage, withStubBundles } from "../synthesised.ts";

/** A stage with every optional resource. */
const stage = synthesiseStage({
  WAF: "on",
  ALARM_EMAIL: "ops@example.com",
  MONTHLY_BUDGET_USD: "150",
  HASHING_CONCURRENCY: "7",
  CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
  CHALLENGE_HOSTNAMES: "app.example.com",
  WEBHOOK_URL: "https://receiver.example/hook",
  DOMAIN_NAME: "auth.example.com",
  CERTIFICATE_ARN: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
  HOSTED_ZONE_ID: "Z0123456789ABC",
  DISABLE_DEFAULT_ENDPOINT: "on",
});
const templateOf = (name: string) => {
  const found = stage.stacks.find(({ stackName }) => stackName === `lit-auth-dev-${name}`);
  if (!found) throw new Error(`no stack ${name}`);
  return found.template;
};
const names = Object.keys(grants);
const functionsIn = (name: string): string[] =>
  Object.values(templateOf(name).Resources)
    .flatMap(({ Properties }) => (Properties?.["FunctionName"] ? [Properties["FunctionName"]] : []))
    .filter((value) => typeof value === "string");

describe("stacks", () => {
  it("hold at most 400 resources each", () => {
    const sizes = stage.stacks.map(({ stackName, template }) => ({
      stackName,
      resources: Object.keys(template.Resources).length,
    }));
    expect(sizes.filter(({ resources }) => resources > 400)).toEqual([]);
  });
  it("depend on earlier layers and on shared stacks only", () => {
    const dependencies = withStubBundles((bundles) => {
      const app = buildApp(readSettings(requiredSettings), bundles, {
        builtinCloudFormationValidation: false,
      });
      // Synth adds the dependencies that come from references between stacks.
      app.synth();
      const stacks = app.node.children.filter(Stack.isStack);
      return Object.fromEntries(
        stacks.map(({ node, dependencies }) => [node.id, dependencies.map((one) => one.node.id).toSorted()]),
      );
    });
    expect(dependencies).toEqual({
      Account: [],
      Sender: [],
      Stateful: [],
      UserFunctions: ["Sender", "Stateful"],
      StaffFunctions: ["Stateful"],
      Api: ["Account", "StaffFunctions", "Stateful", "UserFunctions"],
    });
    // A production deployment names each of them.
    expect([...firstStacks, ...watchedStacks].toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });

  it("import values from the stateful stack only", () => {
    // An import from a functions stack would block the removal of an operation.
    for (const { stackName, template } of stage.stacks) {
      const text = JSON.stringify(template);
      const imported = [...text.matchAll(/"Fn::ImportValue":("[^"]*"|\{)/g)].map(([, name]) => name);
      expect([stackName, imported.filter((name) => !name?.startsWith('"lit-auth-dev-stateful:'))]).toEqual([
        stackName,
        [],
      ]);
      if (stackName !== "lit-auth-dev-stateful") expect(text).not.toContain('"Export":');
    }
  });

  it("contain no circular references", () => {
    for (const { template } of stage.stacks) {
      const uses = (id: string): string[] =>
        [
          ...JSON.stringify(template.Resources[id]).matchAll(
            /"(?:Ref|Fn::GetAtt|DependsOn)":(\[[^\]]*\]|"[^"]*")/g,
          ),
        ]
          .flatMap(([, ids = ""]) => [...ids.matchAll(/"([^"]+)"/g)].map(([, used = ""]) => used))
          .filter((used) => used in template.Resources);
      const seen = new Set<string>();
      const visit = (id: string, path: readonly string[]): void => {
        if (path.includes(id)) throw new Error(`cycle: ${[...path, id].join(" → ")}`);
        if (seen.has(id)) return;
        for (const used of uses(id)) visit(used, [...path, id]);
        seen.add(id);
      };
      for (const id of Object.keys(template.Resources)) visit(id, []);
    }
  });

  it("leave out the sender on LocalStack, and nothing else", () => {
    const stackIds = (context: Record<string, unknown>) =>
      withStubBundles((bundles) => {
        const app = buildApp(readSettings({ ...requiredSettings, ALARM_EMAIL: "ops@example.com" }), bundles, {
          builtinCloudFormationValidation: false,
          context,
        });
        return app.node.children.filter(Stack.isStack).map(({ node }) => node.id);
      });
    const all = stackIds({});
    expect(all).toContain("Sender");
    expect(stackIds({ localstack: true })).toEqual(all.filter((id) => id !== "Sender"));
  });
});

describe("functions", () => {
  it("are in the staff stack only if their caller is staff [ASVS 8.2.1]", () => {
    const forStaff = Object.entries<Operation>(contract).flatMap(([name, { caller }]) =>
      caller === "staff" ? [name] : [],
    );
    const inStack = (of: readonly string[]) => of.map((name) => functionName("dev", name)).toSorted();
    expect(functionsIn("staff-functions").toSorted()).toEqual(inStack(forStaff));
    expect(functionsIn("user-functions").toSorted()).toEqual(
      inStack(names.filter((name) => !forStaff.includes(name))),
    );
  });

  it("exist in an earlier stack if routes, permissions or alarms name them", () => {
    const made = [...functionsIn("user-functions"), ...functionsIn("staff-functions")];
    const named = [
      ...JSON.stringify(templateOf("api")).matchAll(/:function:([\w-]+)|"FunctionName","Value":"([^"]+)"/g),
    ].map(([, ofRoute, ofAlarm]) => ofRoute ?? ofAlarm);
    expect(named.filter((name) => !name || !made.includes(name))).toEqual([]);
    const uncalled = made.filter((name) => !named.includes(name));
    expect(uncalled).toEqual([functionName("dev", "createKeys")]);
  });

  it("have names that Lambda accepts, even with the longest stage name", () => {
    const longest = "a".repeat(16);
    expect(readSettings({ ...requiredSettings, STAGE: longest }).STAGE).toBe(longest);
    expect(() => readSettings({ ...requiredSettings, STAGE: `${longest}a` })).toThrow(/STAGE/);
    for (const name of names) expect(functionName(longest, name)).toMatch(/^[a-z0-9-]{1,64}$/);
  });

  it("have different names in every two stages", () => {
    // With functions `b-c` and `c`, stages `a` and `a-b` would share the name `a-b-c`.
    const words = names.map(kebabCase);
    const ends = words.filter((word) => words.some((other) => word.endsWith(`-${other}`)));
    expect(ends).toEqual([]);
  });
});

describe("custom domain", () => {
  const only = (type: string) => {
    const found = Object.entries(stage.all(type));
    expect(found).toHaveLength(1);
    const [id, properties] = found[0] ?? ["", {}];
    return { id, properties };
  };

  it("leads to the stage by TLS 1.2, with no path before it", () => {
    const { id, properties } = only("AWS::ApiGateway::DomainName");
    expect(properties).toEqual({
      DomainName: "auth.example.com",
      RegionalCertificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
      EndpointConfiguration: { Types: ["REGIONAL"] },
      SecurityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
      EndpointAccessMode: "BASIC",
    });
    expect(only("AWS::ApiGateway::BasePathMapping").properties).toEqual({
      DomainName: { Ref: id },
      RestApiId: { "Fn::ImportValue": expect.stringContaining("lit-auth-dev-stateful:") },
      Stage: { Ref: only("AWS::ApiGateway::Stage").id },
    });
    const target = { "Fn::GetAtt": [id, "RegionalDomainName"] };
    expect(templateOf("api").Outputs?.["DomainTarget"]).toEqual({ Value: target });
    const records = Object.values(stage.all("AWS::Route53::RecordSet"));
    expect(records.map(({ Type }) => Type)).toEqual(["A", "AAAA"]);
    for (const record of records)
      expect(record).toMatchObject({
        Name: "auth.example.com",
        HostedZoneId: "Z0123456789ABC",
        AliasTarget: { DNSName: target, HostedZoneId: { "Fn::GetAtt": [id, "RegionalHostedZoneId"] } },
      });
  });

  it("is the issuer, and can be the only address", () => {
    const functions = Object.values(stage.all("AWS::Lambda::Function"));
    const issuers = functions.flatMap(({ Environment }) => {
      const { PUBLIC_URL }: Record<string, unknown> = Object(Object(Environment)["Variables"]);
      return PUBLIC_URL ?? [];
    });
    expect(new Set(issuers)).toEqual(new Set(["https://auth.example.com"]));
    expect(templateOf("stateful").Outputs?.["PublicUrl"]).toEqual({ Value: "https://auth.example.com" });
    expect(only("AWS::ApiGateway::RestApi").properties).toHaveProperty("DisableExecuteApiEndpoint", true);
  });

  it("is understood by the local runner, and left out for LocalStack", () => {
    const templates = loadTemplates(stage.stacks, "http://127.0.0.1:1");
    expect(templates.outputs()).toHaveProperty("lit-auth-dev-api.DomainTarget", "auth.example.com.invalid");
    expect(loadApi(templates).stage).toBe("dev");
    withStubBundles((bundles) => {
      const texts = {
        ...requiredSettings,
        DOMAIN_NAME: "auth.example.com",
        CERTIFICATE_ARN: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
        DISABLE_DEFAULT_ENDPOINT: "on",
      };
      const app = buildApp(readSettings(texts), bundles, {
        builtinCloudFormationValidation: false,
        context: { localstack: true },
      });
      const text = JSON.stringify(app.synth().stacks.map(({ template }) => template));
      expect(text).not.toMatch(/DomainName|BasePathMapping|DisableExecuteApiEndpoint|auth\.example/);
    });
  });

  it("alone disables nothing and needs no zone", () => {
    const { stacks, all } = synthesiseStage({
      DOMAIN_NAME: "auth.example.com",
      CERTIFICATE_ARN: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
    });
    expect(Object.values(all("AWS::ApiGateway::RestApi"))[0]).not.toHaveProperty("DisableExecuteApiEndpoint");
    expect(all("AWS::Route53::RecordSet")).toEqual({});
    expect(JSON.stringify(stacks)).toContain("DomainTarget");
  });
});
