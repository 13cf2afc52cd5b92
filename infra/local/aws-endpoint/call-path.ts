// The way of every AWS call, whether it comes over HTTP or from the queue poller in this process.
import { randomUUID } from "node:crypto";
import {
  AwsRequestError,
  awsTarget,
  jsonContentType,
  readAwsAnswer,
  signingNames,
  type JsonService,
} from "../aws/aws-request.ts";
import { asServiceError, ServiceError } from "../aws/service-error.ts";
import { authorise, type Principal } from "./authorise.ts";
import { connectBackends, type Backends } from "./backends.ts";
import { createCallCounter } from "./call-counter.ts";
import { createUnitCounter } from "./capacity-units.ts";
import { createFaults } from "./faults.ts";
import type { Answer, Sent } from "../aws/forwarder.ts";
import { createPrincipals } from "./principals.ts";
import type { Call } from "./required-access.ts";

export const createCallPath = () => {
  const counter = createCallCounter();
  const { measured, ...unitCounter } = createUnitCounter();
  const { faults, strike, isQuiet } = createFaults();
  const { admit, accessKeyIdOf, principalOf } = createPrincipals();
  let connected: (ReturnType<typeof connectBackends> & Pick<Backends, "policies" | "secrets">) | undefined;

  const identify = (accessKeyId: string): Principal => {
    const principal = principalOf(accessKeyId);
    if (principal !== undefined && connected !== undefined) return principal;
    throw new ServiceError(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  };

  const perform = async (
    principal: Principal,
    call: Call,
    sent: Sent,
    requestId: string,
    signal?: AbortSignal,
  ): Promise<Answer | undefined> => {
    if (connected === undefined)
      throw new ServiceError("ServiceUnavailable", "The stack is still starting", { status: 503 });
    counter.count(principal.name, `${call.service}:${call.operation}`);
    authorise(call, principal, connected.policies, connected.secrets.arnOf);
    const fate = isQuiet() ? "answer" : await strike({ principal: principal.name, ...call }, signal);
    const { serve } = connected;
    const answer = await measured(principal.name, call, sent.body, (body) =>
      serve(principal, call, { ...sent, body }, requestId, signal),
    );
    return fate === "answer" ? answer : undefined;
  };

  const callAws = async (
    accessKeyId: string,
    service: JsonService,
    operation: string,
    parameters: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> => {
    const sent = {
      target: awsTarget(service, operation),
      contentType: jsonContentType,
      body: Buffer.from(JSON.stringify(parameters)),
    };
    const call = { service: signingNames[service], operation, parameters };
    let answer: Answer | undefined;
    try {
      answer = await perform(identify(accessKeyId), call, sent, randomUUID(), signal);
    } catch (error) {
      const { code, message } = asServiceError(error);
      throw new AwsRequestError(code, message);
    }
    if (answer === undefined) throw new Error("The connection ended before the answer came.");
    return readAwsAnswer(operation, answer.status, answer.body.toString());
  };

  return {
    ...counter,
    ...unitCounter,
    faults,
    admit,
    accessKeyIdOf,
    identify,
    perform,
    callAws,
    callSqs: (accessKeyId: string, operation: string, parameters: object, signal?: AbortSignal) =>
      callAws(accessKeyId, "sqs", operation, { ...parameters }, signal),
    connect: (backends: Backends) => {
      connected = { ...connectBackends(backends), policies: backends.policies, secrets: backends.secrets };
    },
    disconnect: () => connected?.close(),
  };
};
