import type * as z from "zod";
import type { Contract, OperationName } from "../../shared/contract/contract.ts";
import type { Operation, ParametersOf } from "../../shared/contract/operation.ts";
import { noAnswer, refusalOf } from "./refusals.ts";

type Operations = {
  [Name in OperationName as `${Contract[Name]["method"]} ${Contract[Name]["path"]}`]: Contract[Name];
};
export type Route = keyof Operations;

type Sent<O extends Operation> = ParametersOf<O["path"]> &
  (O extends { query: infer Q extends z.ZodObject } ? { query: z.input<Q> } : object) &
  (O extends { body: infer B extends z.ZodObject } ? { body: z.input<B> } : object);
export type RequestOf<R extends Route> = Sent<Operations[R]>;

type Answered<O extends Operation> = O["success"] extends { body: infer B extends z.ZodObject }
  ? z.output<B>
  : null;
export type AnswerOf<R extends Route> = Answered<Operations[R]>;

type AnyRequest = {
  id?: string;
  session_id?: string;
  query?: Record<string, string | undefined>;
  body?: object;
};

/** Relative to the page, because only the browser knows the stage or domain before `/admin/`. */
const api = new URL("..", document.baseURI);

const addressOf = (path: string, { query = {}, ...parameters }: Omit<AnyRequest, "body">) => {
  const filled = Object.entries(parameters).reduce(
    (part, [name, value]) => part.replace(`{${name}}`, encodeURIComponent(value)),
    path.slice(1),
  );
  const address = new URL(filled, api);
  for (const [name, value] of Object.entries(query)) if (value) address.searchParams.set(name, value);
  return address;
};

/** API Gateway answers within 29 seconds. */
const longestWaitMilliseconds = 35_000;

export const request = async <R extends Route>(
  route: R,
  sent: RequestOf<R>,
  access?: string,
): Promise<AnswerOf<R>> => {
  const [method = "", path = ""] = route.split(" ");
  const { body, ...rest }: AnyRequest = sent;
  const response = await fetch(addressOf(path, rest), {
    method,
    // If the page is left meanwhile, the new cookie of its session is stored all the same.
    keepalive: path.endsWith("/admin/session/"),
    signal: AbortSignal.timeout(longestWaitMilliseconds),
    headers: {
      ...(access && { Authorization: `Bearer ${access}` }),
      ...(body && { "Content-Type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => Promise.reject(noAnswer()));
  if (!response.ok) throw await refusalOf(response);
  return JSON.parse((await response.text()) || "null");
};
