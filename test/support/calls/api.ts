// The HTTP client of the tests, typed by the contract.
import { contract, type Contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { BodyOf, Operation } from "../../../shared/contract/operation.ts";
import * as z from "zod";
import { rememberSecrets } from "../stacks/secrets-seen.ts";
import { baseUrl } from "../stacks/target-urls.ts";

export type Answer<Body = unknown> = { status: number; headers: Headers; body: Body; text: string };

type SuccessOf<Name extends OperationName> = Contract[Name]["success"] extends {
  body: infer B extends z.ZodObject;
}
  ? z.output<B>
  : undefined;

export type Options = { token?: string; headers?: Record<string, string>; path?: string };

const parsed = (text: string): unknown => {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
};

/** Sends any request, also one that a well-behaved client would not send. */
export const send = async (
  method: string,
  path: string,
  init: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
): Promise<Answer> => {
  const response = await fetch(`${baseUrl()}${path}`, { method, redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text), text };
};

/** The header that operations of the admin page need. */
export const fromOwnPage = (name: OperationName): Record<string, string> => {
  const { keepsStaffCookie }: Operation = contract[name];
  return keepsStaffCookie ? { origin: new URL(baseUrl()).origin } : {};
};

/** Calls an operation with any body, valid or not. */
export const call = async (name: OperationName, body?: unknown, options: Options = {}): Promise<Answer> => {
  const { method, path } = contract[name];
  rememberSecrets(body);
  const answer = await send(method, options.path ?? path, {
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...fromOwnPage(name),
      ...options.headers,
    },
  });
  rememberSecrets(answer.body);
  rememberSecrets({ token: answer.headers.get("x-device-token") });
  for (const cookie of answer.headers.getSetCookie())
    rememberSecrets({ token: /=([^;]*)/.exec(cookie)?.[1] });
  return answer;
};

const strictly = (name: OperationName): z.ZodType => {
  const { success } = contract[name];
  return "body" in success ? success.body.strict() : z.undefined();
};

/** Fails unless the answer has exactly the status and the fields that the contract promises. */
export const succeed = async <Name extends OperationName>(
  name: Name,
  body?: z.input<Extract<Contract[Name], { body: z.ZodObject }>["body"]> | BodyOf<Contract[Name]>,
  options: Options = {},
): Promise<SuccessOf<Name>> => {
  const answer = await call(name, body, options);
  if (answer.status !== contract[name].success.status)
    throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
  return strictly(name).parse(answer.body) as SuccessOf<Name>;
};
