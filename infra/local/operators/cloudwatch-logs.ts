// CloudWatch Logs for operators' commands. What functions write comes from their processes.
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ServiceError } from "../aws/service-error.ts";
import type { Templates } from "../cloudformation/templates.ts";

export type CloudWatchLogs = { call: (operation: string, parameters: unknown) => Record<string, unknown> };

const streamParameters = z.object({ logGroupName: z.string(), logStreamName: z.string() });
const putParameters = streamParameters.extend({
  logEvents: z.array(z.object({ timestamp: z.int(), message: z.string().min(1) })).min(1),
});

const missing = (what: "group" | "stream") =>
  new ServiceError("ResourceNotFoundException", `The specified log ${what} does not exist.`);

export const openCloudWatchLogs = (templates: Templates, dataDirectory: string): CloudWatchLogs => {
  const groups = new Set(templates.ofType("AWS::Logs::LogGroup").map((group) => group.identity().ref));
  const streams = new Set<string>();

  const createLogStream = (parameters: unknown) => {
    const { logGroupName, logStreamName } = streamParameters.parse(parameters);
    if (!groups.has(logGroupName)) throw missing("group");
    const stream = `${logGroupName}:${logStreamName}`;
    if (streams.has(stream))
      throw new ServiceError("ResourceAlreadyExistsException", "The specified log stream already exists");
    streams.add(stream);
    return {};
  };

  const putLogEvents = (parameters: unknown) => {
    const { logGroupName, logStreamName, logEvents } = putParameters.parse(parameters);
    if (!groups.has(logGroupName)) throw missing("group");
    if (!streams.has(`${logGroupName}:${logStreamName}`)) throw missing("stream");
    const times = logEvents.map(({ timestamp }) => timestamp);
    if (times.some((time, index) => time < (times[index - 1] ?? time)))
      throw new ServiceError(
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
      );
    const folder = path.join(dataDirectory, "logs");
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${logGroupName.replaceAll("/", "_")}.log`);
    appendFileSync(file, logEvents.map(({ message }) => `${message}\n`).join(""), { mode: 0o600 });
    return {};
  };

  return {
    call: (operation, parameters) => {
      if (operation === "CreateLogStream") return createLogStream(parameters);
      if (operation === "PutLogEvents") return putLogEvents(parameters);
      throw new ServiceError("UnknownOperationException", `${operation} is not supported locally`);
    },
  };
};
