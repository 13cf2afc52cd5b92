// Logs allow-listed fields only, so that no address, code or token gets in by accident.
import { Logger } from "@aws-lambda-powertools/logger";
import { prepared } from "./lazy.ts";

const logger = prepared(() => new Logger({ serviceName: "lit-auth" }));

let cause: string | undefined;
/** The id of the call or command that the next orders of letters come from. */
export const causeRequestId = (): string | undefined => cause;

/** An execution environment handles one request at a time, and each command is one request. */
export const causeBy = (requestId: string | undefined): void => {
  cause = requestId;
};

/** Adds the id to all later lines. */
export const nameRequest = (requestId: string): void => {
  causeBy(requestId);
  logger().appendKeys({ requestId });
};

/** For a message of a queue. Its lines, and what it orders, name the request that it comes from. */
export const nameCause = (causeRequestId: string | undefined): void => {
  causeBy(causeRequestId);
  if (causeRequestId === undefined) logger().removeKeys(["causeRequestId"]);
  else logger().appendKeys({ causeRequestId });
};

export type LogFields = {
  operation?: string | undefined;
  status?: number | undefined;
  code?: string | undefined;
  durationMilliseconds?: number | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  actorId?: string | undefined;
  /** The names of changed fields, without their values. */
  changes?: string[] | undefined;
  event?: string | undefined;
  messageId?: string | undefined;
  eventId?: string | undefined;
  /** SES's id of a letter, which its reports of bounces and complaints name. */
  sesMessageId?: string | undefined;
  kind?: string | undefined;
  outcome?: string | undefined;
  error?: ErrorDescription | undefined;
};

type ErrorDescription = { name: string; message: string; frames: string[] };

// AWS quotes addresses in its messages (SES names the failed identity), and parsers quote input.
const masked = (message: string): string =>
  message
    .replace(/\S+@\S+/g, "[address]")
    .replace(/eyJ[\w.-]+/g, "[token]")
    .replace(/\b[A-Z2-7]{4}(?:-?[A-Z2-7]{4}){3}\b/g, "[code]")
    .replace(/\b\d{3}[ -]?\d{3}\b/g, "[number]");

/** Other errors repeat the messages of their causes. */
const quotesInput = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof Error && quotesInput(error.cause));

export const describeError = (error: unknown): ErrorDescription => {
  if (!(error instanceof Error)) return { name: typeof error, message: "", frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return {
    name: error.name,
    message: quotesInput(error) ? "" : masked(error.message),
    frames: frames.map((line) => line.trim()),
  };
};

export const logInfo = (message: string, fields: LogFields): void => logger().info(message, fields);
export const logError = (message: string, fields: LogFields): void => logger().error(message, fields);
