import { describe, expect, it } from "vitest";
import type { FunctionName, Grant } from "../../../infra/grants/grant.ts";
import { refusalFloorMilliseconds } from "../../../infra/grants/grant-words.ts";
import { defaultMemoryMegabytes, defaultTimeoutSeconds, grants } from "../../../infra/grants/grants.ts";
import { loadFunctions } from "../../../infra/local/lambda/function-definitions.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { pascalCase } from "../../../infra/naming.ts";
import { listIndexes } from "../../../shared/store/list-indexes.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { queuesGranted, queuesNeeded } from "../orders-of-functions.ts";
import { synthesiseStage } from "../synthesised.ts";

const challenge = {
  CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
  CHALLENGE_HOSTNAMES: "app.example.com",
};
const webhooks = { WEBHOOK_URL: "https://receiver.example/hook" };
const stage = synthesiseStage({ LOG_RETENTION_DAYS: "14", ...challenge, ...webhooks });
const guarded = synthesiseStage({ HASHING_CONCURRENCY: "7", MAILER_CONCURRENCY: "9" });
const names = Object.keys(grants) as FunctionName[];

type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown };
const asList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const statementsOf = (name: FunctionName): Statement[] => {
  const { Properties } = stage.one("AWS::IAM::Policy", `${pascalCase(name)}RoleDefaultPolicy`);
  const document = Properties?.["PolicyDocument"];
  if (typeof document !== "object" || !document || !("Statement" in document))
    throw new Error("no statements");
  return document.Statement as Statement[];
};

/** Returns what the policies allow, for example `dynamodb:GetItem Users pending#*`. */
const allowed = (name: FunctionName): string[] =>
  statementsOf(name)
    .flatMap(({ Action, Resource, Condition }) => {
      const text = JSON.stringify(Resource);
      const resource =
        /(?:ExportsOutput(?:FnGetAtt|Ref)|"Ref":")([A-Za-z]+?)[0-9A-F]{8}/.exec(text)?.[1] ?? text;
      const ofTable = text.includes("/index/") ? " indexes" : text.includes("StreamArn") ? " stream" : "";
      const bus = /:event-bus\/[\w-]+/.exec(text)?.[0];
      const on = bus ?? `${resource}${ofTable}`;
      return asList(Action).flatMap((action) =>
        keysIn(Condition).map((keys) => [action, on, ...keys].join(" ")),
      );
    })
    .filter((right) => !/^(logs|xray):/.test(right))
    .toSorted();

/** Each pattern of the condition on keys, or nothing once if there is none. */
const keysIn = (condition: unknown): string[][] => {
  const { "ForAllValues:StringLike": keys } = Object(condition) as Record<
    string,
    Record<string, string[]> | undefined
  >;
  return keys ? (keys["dynamodb:LeadingKeys"] ?? []).map((pattern) => [pattern]) : [[]];
};

const resourceNames: Record<string, string> = {
  USERS_TABLE: "dynamodb Users",
  SESSIONS_TABLE: "dynamodb Sessions",
  LIMITS_TABLE: "dynamodb Limits",
  HISTORY_TABLE: "dynamodb History",
  EVENT_BUS: "events :event-bus/lit-auth-dev",
  EVENTS_DEAD_LETTERS_URL: "sqs EventsDeadLetters",
  WEBHOOK_QUEUE_URL: "sqs Webhooks",
  WEBHOOK_RETRIES_URL: "sqs WebhookRetries",
  WEBHOOK_DEAD_LETTERS_URL: "sqs WebhookDeadLetters",
  WEBHOOK_SECRET_ID: "secretsmanager WebhookSecret",
  MAIL_QUEUE_URL: "sqs Mail",
  MAIL_DEAD_LETTERS_URL: "sqs MailDeadLetters",
  NOTICE_QUEUE_URL: "sqs Notices",
  NOTICE_DEAD_LETTERS_URL: "sqs NoticeDeadLetters",
  FEEDBACK_QUEUE_URL: "sqs Feedback",
  FEEDBACK_DEAD_LETTERS_URL: "sqs FeedbackDeadLetters",
  PSEUDONYM_SECRET_ID: "secretsmanager KeySecret",
  DIGEST_SECRET_ID: "secretsmanager DigestKeys",
  DEVICE_SECRET_ID: "secretsmanager DeviceSecret",
  CHALLENGE_SECRET_ID: "secretsmanager ChallengeSecret",
  SIGNING_KEYS_ID: "secretsmanager SigningKeys",
  VERIFICATION_KEYS_ID: "secretsmanager VerificationKeys",
};
const polled = new Map<FunctionName, string[]>([
  ["mailer", ["Mail", "Notices"]],
  ["feedback", ["Feedback"]],
  ["sendWebhook", ["Webhooks", "WebhookRetries"]],
]);
const polling = [
  "ReceiveMessage",
  "ChangeMessageVisibility",
  "GetQueueUrl",
  "DeleteMessage",
  "GetQueueAttributes",
];

const sheetRights = (name: FunctionName): string[] =>
  Object.entries<unknown>(grants[name]).flatMap(([variable, actions]) => {
    const [service, resource] = resourceNames[variable]?.split(" ") ?? [];
    if (!service || typeof actions !== "object" || !actions) return [];
    if (Array.isArray(actions)) return actions.map((action: string) => `${service}:${action} ${resource}`);
    return Object.entries<unknown>({ ...actions }).flatMap(([action, kinds]) =>
      Array.isArray(kinds)
        ? kinds.map((kind: string) => `${service}:${action} ${resource} ${kind}#*`)
        : [
            action === "QueryIndexes"
              ? `${service}:Query ${resource} indexes`
              : `${service}:DescribeTable ${resource}`,
          ],
    );
  });

/** What Lambda needs to read the stream, and to say what it has given up. */
const streamed: Partial<Record<FunctionName, string[]>> = {
  events: [
    ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
      (action) => `dynamodb:${action} Users stream`,
    ),
    ...["GetQueueAttributes", "GetQueueUrl", "SendMessage"].map(
      (action) => `sqs:${action} EventsDeadLetters`,
    ),
  ],
};
/** Others would decide by themselves which of their calls X-Ray records. */
const isCalledByApi = (name: FunctionName): boolean => name in contract || name === "pages";

describe.each(names)("%s", (name) => {
  const grant: Grant = grants[name];
  const { Properties } = stage.one("AWS::Lambda::Function", pascalCase(name));

  it("may do exactly what its grant says [ASVS 13.2.1, 13.2.2, 13.3.2]", () => {
    const queues = polled.get(name) ?? [];
    const besides = [
      ...queues.flatMap((queue) => polling.map((action) => `sqs:${action} ${queue}`)),
      ...(streamed[name] ?? []),
    ];
    const rights = allowed(name).filter((right) => !right.startsWith("ses:"));
    expect(rights).toEqual([...sheetRights(name), ...besides].toSorted());
  });

  it("has no wildcard but X-Ray's, and only its own log [ASVS 13.2.2, 16.2.3, 16.4.2]", () => {
    const statements = statementsOf(name);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
    expect(statements.filter(({ Resource }) => Resource === "*").map(({ Action }) => Action)).toEqual([
      ...("liftsSuppression" in grant ? ["ses:DeleteSuppressedDestination"] : []),
      ...(isCalledByApi(name) ? [["xray:PutTraceSegments", "xray:PutTelemetryRecords"]] : []),
    ]);
    const logs = statements.filter(({ Action }) =>
      asList(Action).some((action) => action.startsWith("logs:")),
    );
    expect(logs.map(({ Resource }) => JSON.stringify(Resource))).toEqual([
      expect.stringContaining(`"${pascalCase(name)}Logs`),
    ]);
  });

  it("gets exactly the variables of its grant", () => {
    const resources = Object.keys(grant).filter((key) => key === key.toUpperCase());
    const told = [...resources, ...(grant.settings ?? [])];
    const besides = name in contract ? ["ALLOWED_ORIGINS"] : [];
    const { Environment } = { Environment: { Variables: {} }, ...Properties };
    expect(Object.keys(Environment.Variables).toSorted()).toEqual(["HOME", ...told, ...besides].toSorted());
  });

  it("has a HOME without AWS profiles", () => {
    expect(Properties).toMatchObject({ Environment: { Variables: { HOME: "/var/task" } } });
  });

  it("has an explicit runtime, size, timeout, trace and log retention [ASVS 16.4.3]", () => {
    expect(Properties).toMatchObject({
      Architectures: ["arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      MemorySize: grant.memoryMegabytes ?? defaultMemoryMegabytes,
      Timeout: grant.timeoutSeconds ?? defaultTimeoutSeconds,
      LoggingConfig: { LogFormat: "JSON" },
    });
    expect(Properties?.["TracingConfig"]).toEqual(isCalledByApi(name) ? { Mode: "Active" } : undefined);
    expect(stage.one("AWS::Logs::LogGroup", `${pascalCase(name)}Logs`).Properties).toMatchObject({
      RetentionInDays: 14,
    });
  });
});

it("listUsers queries the indexes by name, never the table", () => {
  const querying = statementsOf("listUsers").filter(({ Action }) =>
    asList(Action).includes("dynamodb:Query"),
  );
  expect(querying).toHaveLength(1);
  const resources = asList(querying[0]?.Resource).map((resource) => JSON.stringify(resource));
  expect(resources.map((resource) => /\/index\/(\w+)"/.exec(resource)?.[1])).toEqual(
    Object.keys(listIndexes),
  );
});

it("a refused password waits longer than two hashes take, by memory size", () => {
  const { Environment, MemorySize } = stage.one("AWS::Lambda::Function", "RequestOtp").Properties as {
    Environment: { Variables: Record<string, string> };
    MemorySize: number;
  };
  const floor = Number(Environment.Variables["REFUSAL_FLOOR_MILLISECONDS"]);
  expect(floor).toBe(refusalFloorMilliseconds(MemorySize));
  expect(floor).toBeGreaterThanOrEqual(250);
  expect(refusalFloorMilliseconds(MemorySize / 2)).toBe(2 * floor);
});

it("functions that hash have one whole vCPU", () => {
  for (const name of [
    "createUser",
    "activateUser",
    "requestOtp",
    "deleteMe",
    "updateUser",
    "deleteUser",
    "setEmail",
    "setUserEmail",
    "confirmUserEmail",
    "setPassword",
    "confirmPasswordReset",
  ] as const)
    expect(stage.one("AWS::Lambda::Function", pascalCase(name)).Properties).toMatchObject({
      MemorySize: 1_769,
    });
});

it("only the mailer sends letters, and only from the sender's address", () => {
  const withRight = (right: string) =>
    names.filter((name) => JSON.stringify(statementsOf(name)).includes(right));
  expect(withRight("ses:Send")).toEqual(["mailer"]);
  expect(withRight("ses:").toSorted()).toEqual(["mailer", "retryDelivery"]);
  expect(withRight("ses:DeleteSuppressedDestination")).toEqual(["retryDelivery"]);
  const statement = statementsOf("mailer").find(({ Action }) => asList(Action).includes("ses:SendRawEmail"));
  expect(statement).toMatchObject({
    Action: "ses:SendRawEmail",
    Condition: { StringEquals: { "ses:FromAddress": "no-reply@example.com" } },
  });
  expect(JSON.stringify(statement?.Resource)).toContain(":identity/*");
  const others = statementsOf("mailer").filter(
    (other) => other !== statement && asList(other.Action).some((action) => action.startsWith("ses:")),
  );
  expect(others).toMatchObject([{ Effect: "Allow", Action: "ses:SendRawEmail" }]);
  expect(others[0]).not.toHaveProperty("Condition");
  expect(JSON.stringify(others[0]?.Resource)).toContain(":configuration-set/lit-auth-dev");
});

describe("the mailer", () => {
  const mappings = (source: typeof stage) =>
    Object.values(source.all("AWS::Lambda::EventSourceMapping")).filter((mapping) =>
      JSON.stringify(mapping["FunctionName"]).includes("Mailer"),
    );

  it("takes two orders at once from each queue, and reports which failed", () => {
    const mapping = { BatchSize: 2, FunctionResponseTypes: ["ReportBatchItemFailures"] };
    for (const [source, MaximumConcurrency] of [
      [stage, 2],
      [guarded, 9],
    ] as const)
      for (const [index, queue] of ["AttMail", "AttNotices"].entries()) {
        const made = mappings(source)[index];
        expect(made).toMatchObject({ ...mapping, ScalingConfig: { MaximumConcurrency } });
        expect(made).not.toHaveProperty("MaximumBatchingWindowInSeconds");
        expect(JSON.stringify(made)).toContain(queue);
      }
    expect(mappings(stage)).toHaveLength(2);
  });

  it("may cause its own next call, as others may", () => {
    const allowing = ({ all }: typeof stage) =>
      Object.entries(all("AWS::Lambda::Function")).filter(
        ([, { RecursiveLoop }]) => RecursiveLoop === "Allow",
      );
    expect(allowing(stage).map(([id]) => id)).toEqual([
      expect.stringMatching(/^Mailer/),
      expect.stringMatching(/^Feedback/),
      expect.stringMatching(/^SendWebhook/),
    ]);
    expect(loadFunctions(loadTemplates(stage.stacks, "http://127.0.0.1:1")).length).toBeGreaterThan(0);
  });

  it("has time for a slow letter and one without an answer", () => {
    const patienceSeconds = 6;
    const attempts = 2;
    expect(grants.mailer.timeoutSeconds).toBeGreaterThan((1 + attempts) * patienceSeconds);
  });
});

it("functions may use the queues of their orders, and no others", () => {
  expect(queuesGranted()).toEqual(queuesNeeded());
});

it("only functions that issue or check device tokens may read their secret", () => {
  const operations = Object.entries<Operation>(contract);
  const using = operations.filter(([, { readsDeviceToken, issuesDeviceToken }]) =>
    Boolean(readsDeviceToken ?? issuesDeviceToken),
  );
  const reading = names.filter((name) => allowed(name).some((right) => right.endsWith(" DeviceSecret")));
  expect(reading.toSorted()).toEqual(using.map(([name]) => name).toSorted());
});

it("the check against robots has a secret only if it is on", () => {
  const secrets = ({ all }: typeof stage) =>
    Object.keys(all("AWS::SecretsManager::Secret")).filter((id) => id.startsWith("Challenge"));
  expect(secrets(stage)).toHaveLength(1);
  expect(secrets(guarded)).toEqual([]);
  for (const [source, secret] of [
    [stage, expect.objectContaining({ Ref: expect.stringMatching(/^ChallengeSecret/) })],
    [guarded, "off"],
  ] as const)
    for (const name of ["CreateUser", "ResetPassword"])
      expect(source.one("AWS::Lambda::Function", name).Properties).toMatchObject({
        Environment: { Variables: { CHALLENGE_SECRET_ID: secret } },
      });
  const reading = names.filter((name) => allowed(name).some((right) => right.endsWith(" ChallengeSecret")));
  expect(reading).toEqual(["createUser", "resetPassword"]);
  const rights = guarded.one("AWS::IAM::Policy", "ResetPasswordRoleDefaultPolicy");
  expect(JSON.stringify(rights).match(/GetSecretValue/g)).toHaveLength(1);
});

it("signing keys are created at deployment", () => {
  expect(JSON.stringify(stage.all("Custom::Trigger"))).toContain("CreateKeysCurrentVersion");
});

it("only sign-in and refresh return tokens, and no other operation signs [ASVS 6.3.3, 6.3.4, 7.6.2]", () => {
  const giving = Object.entries<Operation>(contract).filter(
    ([, { success }]) =>
      "body" in success && ["access", "refresh"].some((token) => token in success.body.shape),
  );
  const signing = names.filter((name) => allowed(name).some((right) => right.endsWith(" SigningKeys")));
  const signIns = ["createToken", "openAdminSession", "refreshToken"];
  expect(giving.map(([name]) => name).toSorted()).toEqual(signIns);
  expect(signing.toSorted()).toEqual(["createKeys", ...signIns, "rotateKeys"]);
  expect(Object.keys(contract.openAdminSession.success.body.shape)).toEqual(["access"]);
});

it("PUBLIC_URL combines the API's reference and the stage's name", () => {
  const text = JSON.stringify(stage.one("AWS::Lambda::Function", "CreateToken").Properties);
  expect(text).toMatch(/"PUBLIC_URL":\{"Fn::Join":.*OutputRefApi.*execute-api.*\/dev"/);
});

const hashing = Object.entries<Grant>(grants).flatMap(([name, { hashes }]) => (hashes ? [name] : []));

describe("reserved concurrency", () => {
  const reserved = (source: typeof stage) =>
    Object.entries(source.all("AWS::Lambda::Function")).flatMap(([id, properties]) =>
      "ReservedConcurrentExecutions" in properties
        ? [`${id.replace(/[0-9A-F]{8}$/, "")} ${String(properties["ReservedConcurrentExecutions"])}`]
        : [],
    );

  it("is unset by default", () => {
    // The quota of a new AWS account is too small to reserve any.
    expect(reserved(stage)).toEqual([]);
  });

  it("applies to each function that hashes, also in the local runner [ASVS 15.2.2]", () => {
    const expected = hashing.map((name) => `${pascalCase(name)} 7`).toSorted();
    expect(reserved(guarded).toSorted()).toEqual(expected);
    const local = loadFunctions(loadTemplates(guarded.stacks, "http://127.0.0.1:1"));
    const limited = local.filter(({ reservedConcurrency }) => reservedConcurrency !== undefined);
    const kept = limited.map(({ label, reservedConcurrency }) => `${label} ${reservedConcurrency}`);
    expect(kept.toSorted()).toEqual(expected);
  });
});
