// The wrapper around every use case: it validates the input, filters the answer through the
// contract, maps refusals to one error shape and logs one line.
import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import * as z from "zod";
import type { BodyOf, Operation, ParametersOf, QueryOf, ResultOf } from "../contract/operation.ts";
import { initPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";
import { describeError, logError, logInfo, nameRequest } from "../platform/logger.ts";
import { sentDeviceToken } from "./device-cookie.ts";
import { header, requestIdOf } from "./headers.ts";
import { readBody, readQuery } from "./request-input.ts";
import { answer, asRefusal, codeOf, refusal, recordRefusal } from "./responses.ts";
import { requireOwnPage, sentStaffToken } from "./staff-cookie.ts";

export type Call<O extends Operation> = {
  body: BodyOf<O>;
  query: QueryOf<O>;
  parameters: ParametersOf<O["path"]>;
  userAgent: string | undefined;
  acceptLanguage: string | undefined;
  /** The address that API Gateway saw. Clients can forge a header such as `X-Forwarded-For`. */
  sourceIp: string;
  /** Sent by the caller and not verified yet. */
  deviceToken: string | undefined;
  /** From the cookie of the admin page, and not verified yet. */
  staffToken: string | undefined;
  /** The same for all retries within one invocation, so it can be an idempotency token. */
  invocationId: string;
};

/** Must be used first: middy runs `after` and `onError` in reverse, so this one comes last. */
export const concluding = (
  operation: Operation,
  userIdOf: (event: APIGatewayProxyEvent) => string | undefined = () => undefined,
): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> => {
  const started = new WeakMap<APIGatewayProxyEvent, number>();
  const { name } = operation;
  const fields = (event: APIGatewayProxyEvent, status: number) => {
    const userId = userIdOf(event);
    return {
      operation: name,
      status,
      durationMilliseconds: Math.round(performance.now() - (started.get(event) ?? performance.now())),
      userId,
    };
  };
  return {
    before: ({ event }) => {
      nameRequest(requestIdOf(event));
      started.set(event, performance.now());
    },
    after: ({ event, response }) => {
      logInfo("answered", fields(event, response?.statusCode ?? 0));
    },
    onError: (request) => {
      const error = asRefusal(request.error);
      const response = refusal(request.event, operation, error);
      request.response = response;
      const line = { ...fields(request.event, response.statusCode), code: codeOf(error) };
      recordRefusal(name, error, userIdOf(request.event));
      if (response.statusCode < 500) logInfo("refused", line);
      else logError("failed", { ...line, error: describeError(request.error) });
    },
  };
};

const nothing = z.object({});

/** Ignores a body or query string that the contract doesn't define for the operation. */
export const callOf = <O extends Operation>(
  operation: O,
  event: APIGatewayProxyEvent,
  context: Context,
): Call<O> => ({
  // TypeScript can't resolve these conditional types. The casts are safe, because the schemas and
  // the path belong to the same operation.
  body: (operation.body ? readBody(event, operation.body) : nothing.parse({})) as BodyOf<O>,
  query: (operation.query ? readQuery(event, operation.query) : nothing.parse({})) as QueryOf<O>,
  parameters: (event.pathParameters ?? {}) as ParametersOf<O["path"]>,
  userAgent: header(event, "user-agent"),
  acceptLanguage: header(event, "accept-language"),
  sourceIp: event.requestContext.identity.sourceIp,
  deviceToken: operation.readsDeviceToken && sentDeviceToken(event),
  staffToken: operation.keepsStaffCookie && sentStaffToken(event),
  invocationId: context.awsRequestId,
});

/** `buildDeps` runs in the init phase or at the first call, and again only if it failed. */
export const endpoint = async <O extends Operation & { caller: "public" }, Deps>(
  operation: O,
  useCase: (call: Call<O>, deps: Deps) => Promise<ResultOf<O>>,
  buildDeps: () => Deps,
) => {
  const deps = prepared(buildDeps);
  await initPhase();
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(concluding(operation))
    .handler(async (event: APIGatewayProxyEvent, context: Context) => {
      if (operation.keepsStaffCookie) requireOwnPage(event);
      const call = callOf(operation, event, context);
      return answer(event, operation, await useCase(call, deps()));
    });
};
