import { startAwsEndpoint } from "./aws-endpoint/aws-endpoint.ts";
import type { CallCounts } from "./aws-endpoint/call-counter.ts";
import type { UnitCounts } from "./aws-endpoint/capacity-units.ts";
import type { Faults } from "./aws-endpoint/faults.ts";
import { loadPolicies } from "./aws-endpoint/iam-policy.ts";
import { awsRequest } from "./aws/aws-request.ts";
import { region } from "./aws/local-account.ts";
import { loadTemplates, type StackTemplate } from "./cloudformation/templates.ts";
import { announceStack, lockDataDirectory } from "./data-directory.ts";
import { createTables } from "./engines/create-tables.ts";
import type { EngineName } from "./engines/dynamodb-engine.ts";
import type { SqsEngine } from "./engines/sqs-engine.ts";
import { startEngines } from "./engines/start-engines.ts";
import { startEventBus } from "./eventbridge/event-bus.ts";
import { createEventPages } from "./eventbridge/event-pages.ts";
import { createStageBus } from "./eventbridge/stage-bus.ts";
import { openFunctionLogs, type OnLog } from "./function-logs.ts";
import { loadApi } from "./gateway/api-definition.ts";
import { loadGatewayResponses } from "./gateway/default-responses.ts";
import { startGateway } from "./gateway/gateway-server.ts";
import { runDeploymentTriggers } from "./lambda/deployment-triggers.ts";
import type { Outcome } from "./lambda/execution-environment.ts";
import { createLambdaService } from "./lambda/lambda-service.ts";
import type { WorkCounts } from "./lambda/work-counter.ts";
import { createLetterPreview } from "./mailbox/letter-preview.ts";
import { openMailbox } from "./mailbox/mailbox-files.ts";
import { createRunnerPages } from "./mailbox/runner-pages.ts";
import { createSes } from "./mailbox/ses-api.ts";
import { openCloudWatchLogs } from "./operators/cloudwatch-logs.ts";
import { createMessageMoves } from "./operators/message-moves.ts";
import { createSecretRotation } from "./secrets/secret-rotation.ts";
import { createStreamPolling } from "./streams/stream-polling.ts";
import { openSecretsManager } from "./secrets/secrets-manager.ts";

export type StackOptions = {
  templates: readonly StackTemplate[];
  port: number;
  /** Where API, keys and pages listen beside 127.0.0.1. Everything else stays there. */
  host?: string | undefined;
  dataDirectory: string;
  engine?: EngineName;
  concurrencyPerFunction?: number;
  /** Replaces the visibility timeout of failed messages in tests. */
  returnFailedAfterSeconds?: number;
  onLog?: OnLog;
  onRequest?: ((line: string) => void) | undefined;
};
export type Stack = {
  url: string;
  inboxUrl: string;
  dataDirectory: string;
  mailboxFolder: string;
  engine: EngineName;
  /** The AWS endpoint for functions. These credentials have all rights and end with this run. */
  endpoint: { url: string; region: string; accessKeyId: string; secretAccessKey: string };
  /** The key of a function (`CreateUser`) or of its queue poller (`MailerPoller`). */
  accessKeyIdOf: (principal: string) => string | undefined;
  outputs: Record<string, string>;
  faults: Faults;
  calls: () => CallCounts;
  /** The read and write units of DynamoDB, counted only while `countUnits` is on. */
  units: () => UnitCounts;
  countUnits: (on: boolean) => void;
  /** The duration of functions and the bytes that they have logged. */
  work: () => WorkCounts;
  resetCalls: () => void;
  /** Ends when the functions of streams have handled all that was written before. */
  streamsRead: () => Promise<void>;
  /** How many events each rule of EventBridge could not put into its queue. */
  failedInvocations: () => Record<string, number>;
  invoke: (functionLabel: string, event: unknown) => Promise<Outcome>;
  inspectQueue: SqsEngine["inspectQueue"];
  processes: () => { engine: number; functions: Record<string, number[]> };
  /** Makes the next call of these bundles (by default all) start with the new code. */
  replaceExecutionEnvironments: (codeFolders?: readonly string[]) => void;
  stop: () => Promise<void>;
};

/** Closes everything again if the start fails. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  await using resources = new AsyncDisposableStack();
  const stack = await start(options, resources);
  const running = resources.move();
  return { ...stack, stop: () => running.disposeAsync() };
};

const start = async (
  options: StackOptions,
  resources: AsyncDisposableStack,
): Promise<Omit<Stack, "stop">> => {
  const { port, dataDirectory, engine, concurrencyPerFunction, returnFailedAfterSeconds, onLog } = options;
  resources.defer(lockDataDirectory(dataDirectory).unlock);
  // This comes before the slow steps, because the port may be in use.
  const gateway = await startGateway(port, options.host);
  resources.defer(gateway.stop);
  const awsEndpoint = await startAwsEndpoint();
  resources.defer(awsEndpoint.stop);

  const templates = loadTemplates(options.templates, awsEndpoint.url);
  const [dynamoDb, sqs] = await startEngines(templates, dataDirectory, engine, resources);
  await createTables(templates, dynamoDb);
  const mailbox = await openMailbox(dataDirectory);
  const logs = openFunctionLogs(dataDirectory, onLog);
  resources.defer(logs.close);
  const logError = (principal: string, message: string) =>
    onLog?.(principal, JSON.stringify({ level: "ERROR", message }));
  const stageBus = createStageBus();
  const lambda = createLambdaService(templates, {
    awsEndpointUrl: awsEndpoint.url,
    admit: awsEndpoint.admit,
    callSqs: awsEndpoint.callSqs,
    openLog: stageBus.alsoReading(logs.open),
    onPollerError: logError,
    concurrencyPerFunction,
    returnFailedAfterSeconds,
  });
  resources.defer(lambda.stop);
  const busKey = awsEndpoint.admit({ name: "EventBridge" });
  const eventBus = startEventBus(templates, {
    sendMessage: (QueueUrl, MessageBody) =>
      awsEndpoint.callSqs(busKey, "SendMessage", { QueueUrl, MessageBody }),
    onFailure: (message) => logError("EventBridge", message),
  });
  resources.defer(eventBus.stop);
  const ses = createSes(templates, { mailbox, dataDirectory, publish: eventBus.publish });
  const streamOptions = { ...awsEndpoint, ...lambda, dataDirectory, onError: logError };
  const streams = createStreamPolling(templates, streamOptions);
  resources.defer(streams.stop);
  const messageMoves = createMessageMoves(templates, (operation, parameters) =>
    awsRequest(sqs.url, { service: "sqs", operation, accessKeyId: sqs.accessKeyId }, parameters),
  );
  resources.defer(messageMoves.stop);
  awsEndpoint.connect({
    putEvents: stageBus.putEvents,
    invoke: lambda.invoke,
    onWrite: streams.wake,
    dynamoDb,
    sqs,
    secrets: openSecretsManager(templates, dataDirectory),
    rotateSecret: createSecretRotation(templates, lambda.invoke),
    ses,
    logs: openCloudWatchLogs(templates, dataDirectory),
    messageMoves,
    policies: loadPolicies(templates),
    replaceExecutionEnvironments: lambda.replaceExecutionEnvironments,
  });

  await runDeploymentTriggers(templates, lambda.invoke);
  lambda.startPolling();
  streams.start();
  gateway.serve({
    api: loadApi(templates),
    responses: loadGatewayResponses(templates),
    invoke: lambda.invoke,
    runnerPages: createRunnerPages(
      mailbox,
      ses.report,
      createLetterPreview(templates),
      createEventPages(stageBus),
    ),
    onRequest: options.onRequest,
  });

  const accessKeyId = awsEndpoint.admit({ name: "Runner" });
  const endpoint = { url: awsEndpoint.url, region, accessKeyId, secretAccessKey: "local" };
  const outputs = templates.outputs();
  const functionNames = lambda.functions.map(({ name }) => name);
  resources.defer(announceStack(dataDirectory, { endpoint, outputs, functionNames }));

  return {
    url: gateway.url,
    inboxUrl: `${gateway.url}/_inbox/`,
    dataDirectory,
    mailboxFolder: mailbox.folder,
    engine: dynamoDb.name,
    endpoint,
    accessKeyIdOf: awsEndpoint.accessKeyIdOf,
    outputs,
    faults: awsEndpoint.faults,
    calls: awsEndpoint.calls,
    units: awsEndpoint.units,
    countUnits: awsEndpoint.countUnits,
    work: lambda.work,
    resetCalls: () => {
      awsEndpoint.reset();
      awsEndpoint.resetUnits();
      lambda.resetWork();
    },
    streamsRead: streams.caughtUp,
    failedInvocations: eventBus.failedInvocations,
    invoke: lambda.invoke,
    inspectQueue: sqs.inspectQueue,
    processes: () => ({ engine: dynamoDb.pid, functions: lambda.pids() }),
    replaceExecutionEnvironments: (codeFolders) => {
      for (const { arn, codeFolder } of lambda.functions)
        if (codeFolders?.includes(codeFolder) ?? true) lambda.replaceExecutionEnvironments(arn);
    },
  };
};
