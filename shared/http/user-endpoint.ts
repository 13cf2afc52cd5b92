// Authenticates the caller before it reads the body. The rank comes from the table and not from the
// token, so that a demotion takes effect at once.
import middy from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { ApiError } from "../contract/errors.ts";
import type { Operation, ResultOf } from "../contract/operation.ts";
import { nowSeconds } from "../platform/clock.ts";
import { initPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";
import { callerStore, type Caller } from "../sessions/callers.ts";
import { staffSessionIsOver } from "../sessions/staff-session.ts";
import { tokenVerifier } from "../sessions/tokens.ts";
import { callOf, concluding, type Call } from "./endpoint.ts";
import { header } from "./headers.ts";
import { answer } from "./responses.ts";

export type UserCall<O extends Operation> = Call<O> & Caller;

/** Follows RFC 6750 2.1, with simplejwt's refusals. Another scheme counts as no credentials. */
const bearerToken = (event: APIGatewayProxyEvent): string => {
  const [scheme, token, ...rest] = header(event, "authorization")?.trim().split(/ +/) ?? [];
  if (scheme?.toLowerCase() !== "bearer") throw new ApiError("not_authenticated");
  if (token === undefined || rest.length > 0) throw new ApiError("bad_authorization_header");
  return token;
};

const authenticator = prepared(() => {
  const [verifier, callers] = [tokenVerifier(), callerStore()];
  return async (event: APIGatewayProxyEvent): Promise<Caller> => {
    const claims = await verifier.verify(bearerToken(event), ["access"]);
    if (typeof claims === "string") throw new ApiError("token_not_valid");
    const caller = await callers.find(claims);
    if (typeof caller === "string") throw new ApiError(caller);
    return caller;
  };
});

/** Checks the rank first, so that other users always get `permission_denied`. */
const requireStaff = ({ user, session }: Caller): void => {
  if (!user.isStaff) throw new ApiError("permission_denied");
  const { createdAt, rotatedAt = createdAt } = session;
  if (staffSessionIsOver({ createdAt, usedAt: rotatedAt }, nowSeconds()))
    throw new ApiError("token_not_valid");
};

export const userEndpoint = async <O extends Operation & { caller: "user" | "staff" }, Deps>(
  operation: O,
  useCase: (call: UserCall<O>, deps: Deps) => Promise<ResultOf<O>>,
  buildDeps: () => Deps,
) => {
  const deps = prepared(buildDeps);
  await initPhase();
  const callers = new WeakMap<APIGatewayProxyEvent, Caller>();
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(concluding(operation, (event) => callers.get(event)?.user.id))
    .handler(async (event: APIGatewayProxyEvent, context: Context) => {
      const caller = await authenticator()(event);
      callers.set(event, caller);
      if (operation.caller === "staff") requireStaff(caller);
      const call = { ...caller, ...callOf(operation, event, context) };
      return answer(event, operation, await useCase(call, deps()));
    });
};
