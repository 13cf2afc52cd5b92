// Clients of the AWS SDK without what they carry for other programs, which takes more than half the
// CPU time of a call. The SDK still signs, retries, maps errors and detects recursion.
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

/** Only for services whose members are texts, numbers, lists and maps, which JSON can carry. */
class PlainJson extends AwsJson1_0Protocol {
  override async serializeRequest(
    { name }: OperationSchema,
    input: object,
    { endpoint }: Parameters<AwsJson1_0Protocol["serializeRequest"]>[2],
  ): Promise<HttpRequest> {
    const headers = {
      "content-type": this.getDefaultContentType(),
      "x-amz-target": `${this.serviceTarget}.${name}`,
    };
    const { protocol, hostname, port, path } = await endpoint();
    const target = { method: "POST", protocol, hostname, path, query: {}, ...(port && { port }) };
    return { ...target, headers, body: JSON.stringify(input) };
  }

  override async deserializeResponse<Output extends MetadataBearer>(
    operation: OperationSchema,
    context: HandlerExecutionContext & SerdeFunctions,
    response: HttpResponse,
  ): Promise<Output> {
    if (this.isErrorResponse(response.statusCode))
      return super.deserializeResponse(operation, context, response);
    return { ...JSON.parse(String(response.body)), $metadata: this.deserializeMetadata(response) };
  }
}

class PlainJson1_1 extends PlainJson {
  override getDefaultContentType(): string {
    return "application/x-amz-json-1.1";
  }
}

/** With `cacheMiddleware`, the middleware of a command is built once and not for each call. */
export const leanOptions = { requestHandler, cacheMiddleware: true };
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
