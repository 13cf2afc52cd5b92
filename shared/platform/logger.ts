/**
 * The only way to write a log line. Fields are an allow-list, so that a body, a header, an address, a code or a token cannot
 * get in by accident; errors are described without the values they may quote.
 */
import { Logger } from "@aws-lambda-powertools/logger";
import { lazy } from "./lazy.ts";

const logger = lazy(() => new Logger({ serviceName: "lit-auth" }));

/** From here on every line carries this request's id: an environment handles one request at a time. */
export const nameRequest = (requestId: string): void => logger().appendKeys({ requestId });

export type LogFields = {
  operation?: string | undefined;
  status?: number | undefined;
  code?: string | undefined;
  durationMilliseconds?: number | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** Who acts on another person's account. */
  actorId?: string | undefined;
  /** Names of what was changed, never the values. */
  changes?: string[] | undefined;
  event?: string | undefined;
  messageId?: string | undefined;
  kind?: string | undefined;
  outcome?: string | undefined;
  error?: ErrorDescription | undefined;
};

type ErrorDescription = { name: string; message: string; frames: string[] };

// AWS quotes addresses in its messages (SES names the identity that failed), parsers quote what they could not read.
const masked = (message: string): string =>
  message
    .replace(/\S+@\S+/g, "[address]")
    .replace(/eyJ[\w.-]+/g, "[token]")
    .replace(/\b[A-Z2-7]{4}(?:-?[A-Z2-7]{4}){3}\b/g, "[code]")
    .replace(/\b\d{3}[ -]?\d{3}\b/g, "[number]");

export const describeError = (error: unknown): ErrorDescription => {
  if (!(error instanceof Error)) return { name: typeof error, message: "", frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return {
    name: error.name,
    message: error instanceof SyntaxError ? "" : masked(error.message),
    frames: frames.map((line) => line.trim()),
  };
};

export const logInfo = (message: string, fields: LogFields): void => logger().info(message, fields);
export const logError = (message: string, fields: LogFields): void => logger().error(message, fields);
