// Clients of the AWS SDK without what they carry for other programs, which takes more than half the
// CPU time of a call. The SDK still signs, retries, maps errors and detects recursion.
import { randomUUID } from "node:crypto";
import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";
import type {
  HandlerExecutionContext,
  HttpRequest,
  HttpResponse,
  MetadataBearer,
  MiddlewareStack,
  OperationSchema,
  SerdeFunctions,
  SerializeMiddleware,
} from "@smithy/types";
import { pingingHandler, requestHandler } from "./aws-http.ts";

type Draft = { headers: Record<string, string>; tokens: string[] };
type Serialising = Parameters<AwsJson1_0Protocol["serializeRequest"]>[2];

/** Only for calls without bytes and dates, because JSON has neither. */
class PlainJson extends AwsJson1_0Protocol {
  readonly #drafts = new Map<string, Draft>();

  /** The SDK fills some members itself, even of no input: tokens that make retries safe. */
  async #draft(operation: OperationSchema, context: Serialising): Promise<Draft> {
    const { headers, body } = await super.serializeRequest(operation, {}, context);
    headers["content-type"] = this.getDefaultContentType();
    const draft = { headers, tokens: Object.keys(JSON.parse(new TextDecoder().decode(body))) };
    this.#drafts.set(operation.name, draft);
    return draft;
  }

  override async serializeRequest(
    operation: OperationSchema,
    input: object,
    context: Serialising,
  ): Promise<HttpRequest> {
    const { headers, tokens } = this.#drafts.get(operation.name) ?? (await this.#draft(operation, context));
    const { protocol, hostname, port, path } = await context.endpoint();
    const members: Record<string, unknown> = { ...input };
    for (const name of tokens) members[name] ??= randomUUID();
    return {
      method: "POST",
      protocol,
      hostname,
      ...(port && { port }),
      path: path.endsWith("/") ? path : `${path}/`,
      query: {},
      headers: { ...headers },
      body: JSON.stringify(members),
    };
  }

  override async deserializeResponse<Output extends MetadataBearer>(
    operation: OperationSchema,
    context: HandlerExecutionContext & SerdeFunctions,
    response: HttpResponse,
  ): Promise<Output> {
    if (this.isErrorResponse(response.statusCode))
      return super.deserializeResponse(operation, context, response);
    const answer = JSON.parse(String(response.body) || "{}");
    return { ...answer, $metadata: this.deserializeMetadata(response) };
  }
}

class PlainJson1_1 extends PlainJson {
  override getDefaultContentType(): string {
    return "application/x-amz-json-1.1";
  }
}

/**
 * With `cacheMiddleware`, the middleware of a command is built once and not for each call. The
 * SDK's own number of attempts differs by service, and four don't fit into a function's time.
 */
export const leanOptions = { requestHandler, cacheMiddleware: true, maxAttempts: 3 };
export const leanJsonOptions = { ...leanOptions, protocol: PlainJson };
/** For Secrets Manager. Times stay numbers, and no secret of ours is binary. */
export const leanJson1_1Options = { ...leanOptions, protocol: PlainJson1_1 };

/** They would log nothing, name the SDK to AWS, and set a header that Node sets. */
const unused = ["loggerMiddleware", "getUserAgentMiddleware", "contentLengthMiddleware"];

/**
 * What these find out depends on settings only, and a cached command keeps its context. Temporary
 * credentials are still renewed: the signer asks for them itself.
 */
const askedOnce: Record<string, (context: HandlerExecutionContext) => boolean> = {
  endpointV2Middleware: ({ endpointV2 }) => endpointV2 !== undefined,
  httpAuthSchemeMiddleware: ({ __smithy_context: known }) => known?.["selectedHttpAuthScheme"] !== undefined,
};

const once =
  <Input extends object, Output extends object>(
    middleware: SerializeMiddleware<Input, Output>,
    isDone: (context: HandlerExecutionContext) => boolean,
  ): SerializeMiddleware<Input, Output> =>
  (next, context) => {
    const first = middleware(next, context);
    return (call) => (isDone(context) ? next(call) : first(call));
  };

type Client<Input extends object, Output extends object, Scheme, Signer> = {
  config: { signer: (scheme?: Scheme) => Promise<Signer> };
  middlewareStack: MiddlewareStack<Input, Output>;
};

/** Changes the given client. Its options must include `leanOptions`. */
export const lean = <
  Input extends object,
  Output extends object,
  Scheme,
  Signer,
  Given extends Client<Input, Output, Scheme, Signer>,
>(
  client: Given & Client<Input, Output, Scheme, Signer>,
): Given => {
  const { config, middlewareStack } = client;
  const createSigner = config.signer;
  let signer: Promise<Signer> | undefined;
  config.signer = (scheme) => (signer ??= createSigner(scheme));
  for (const name of unused)
    if (!middlewareStack.remove(name)) throw new Error(`the SDK has no ${name} any more`);
  const concat = middlewareStack.concat.bind(middlewareStack);
  middlewareStack.concat = <I extends Input, O extends Output>(commandStack: MiddlewareStack<I, O>) => {
    const stack = concat(commandStack);
    const addRelativeTo: typeof stack.addRelativeTo = (middleware, options) => {
      const isDone = askedOnce[options.name ?? ""];
      // Both of them run in the step `serialize`, which the types don't show.
      if (isDone) stack.addRelativeTo(once(middleware as SerializeMiddleware<I, O>, isDone), options);
    };
    concat(commandStack).applyToStack({ ...stack, add: () => {}, addRelativeTo });
    return stack;
  };
  return client;
};

type Rehearsable<Stack, Config, Input> = {
  input: Input;
  resolveMiddleware: (
    stack: Stack,
    config: Config,
    options: object,
  ) => (call: { input: Input }) => Promise<unknown>;
};

/** Runs the whole way of a command, so that the first real one finds all of it ready. */
export const openConnection = async <Stack, Config extends object, Input>(
  client: { middlewareStack: Stack; config: Config },
  command: Rehearsable<Stack, Config, Input>,
): Promise<void> => {
  const config = { ...client.config, requestHandler: pingingHandler };
  await command.resolveMiddleware(client.middlewareStack, config, {})({ input: command.input });
};
