import type { Templates } from "../cloudformation/templates.ts";
import type { Outcome } from "../lambda/execution-environment.ts";
import type { FunctionDefinition } from "../lambda/function-definitions.ts";
import type { JsonService } from "../aws/aws-request.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { loadStreamMappings } from "./stream-mapping.ts";
import { startStreamPoller, type StreamPoller } from "./stream-poller.ts";

type Options = {
  admit: (principal: { name: string; role: string }) => string;
  callAws: (
    accessKeyId: string,
    service: JsonService,
    operation: string,
    parameters: Record<string, unknown>,
  ) => Promise<Record<string, unknown>>;
  find: (functionReference: string) => FunctionDefinition;
  invoke: (functionReference: string, event: unknown) => Promise<Outcome>;
  dataDirectory: string;
  onError: (principal: string, message: string) => void;
};

export const createStreamPolling = (templates: Templates, options: Options) => {
  const { admit, callAws, find, invoke, dataDirectory, onError } = options;
  const checkpoints = openCheckpoints(dataDirectory);
  const mappings = loadStreamMappings(templates);
  const pollers: StreamPoller[] = [];

  return {
    start: () => {
      for (const mapping of mappings) {
        const { label, role } = find(mapping.functionName);
        const principal = `${label}Poller`;
        const key = admit({ name: principal, role });
        const call = (service: JsonService, operation: string, parameters: Record<string, unknown>) =>
          callAws(key, service, operation, parameters);
        pollers.push(
          startStreamPoller(mapping, {
            callStreams: (operation, parameters) => call("dynamodbstreams", operation, parameters),
            sendDeadLetter: (QueueUrl, letter) =>
              call("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(letter) }),
            invoke: (event) => invoke(mapping.functionName, event),
            checkpoints,
            onError: (message) => onError(principal, message),
          }),
        );
      }
    },
    wake: () => {
      for (const poller of pollers) poller.wake();
    },
    caughtUp: async () => {
      await Promise.all(pollers.map((poller) => poller.caughtUp()));
    },
    stop: async () => {
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
  };
};
