import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod";
import { ApiError, FieldErrors } from "../contract/errors.ts";
import { header } from "./headers.ts";

// The longest valid body, a registration with four-byte characters only, has about 3 KB.
const maximumBytes = 65_536;

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error isn't passed on, because its message quotes the body.
    throw new ApiError("parse_error");
  }
};

/** JSON is always UTF-8 (RFC 8259 8.1), so a parameter may only say what is true anyway. */
export const isJson = (contentType = ""): boolean => {
  const [mediaType = "", ...parameters] = contentType.split(";");
  const charsets = parameters
    .map((parameter) => parameter.split("="))
    .filter(([name = ""]) => name.trim().toLowerCase() === "charset")
    .map(([, value = ""]) => value.trim());
  return (
    mediaType.trim().toLowerCase() === "application/json" &&
    charsets.every((charset) => /^("?)utf-?8\1$/i.test(charset))
  );
};

/** Ignores a byte order mark, as RFC 8259 8.1 allows. */
const decoded = ({ body, isBase64Encoded }: APIGatewayProxyEvent): string => {
  if (!isBase64Encoded) return (body ?? "").replace(/^\uFEFF/, "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(body ?? "", "base64"));
  } catch {
    throw new ApiError("parse_error");
  }
};

const readJson = (event: APIGatewayProxyEvent): unknown => {
  const bytes = Buffer.byteLength(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes === 0) return undefined;
  if (bytes > maximumBytes) throw new ApiError("request_too_large");
  if (!isJson(header(event, "content-type"))) throw new ApiError("unsupported_media_type");
  return parsed(decoded(event));
};

const validated = <Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields: Record<string, string[]> = {};
  for (const { path, message } of result.error.issues) {
    (fields[String(path[0] ?? "non_field_errors")] ??= []).push(message);
  }
  throw new FieldErrors(fields);
};

/** Unknown members are ignored, and sentences are those of Django REST framework. */
export const readBody = <Body extends z.ZodObject>(
  event: APIGatewayProxyEvent,
  schema: Body,
): z.output<Body> => {
  const json = readJson(event);
  if (json === undefined) {
    validated(schema, {});
    throw new FieldErrors({ non_field_errors: ["No data provided"] });
  }
  if (kindOf(json) !== "object") {
    const sentence = `Invalid data. Expected a dictionary, but got ${kindOf(json)}.`;
    throw new FieldErrors({ non_field_errors: [sentence] });
  }
  const body = validated(schema, json);
  // No field has this character, so the gateway has replaced bytes of an unknown member.
  if (!event.isBase64Encoded && event.body?.includes("\uFFFD")) throw new ApiError("parse_error");
  return body;
};

/** If a parameter occurs twice, API Gateway passes on the last value. */
export const readQuery = <Query extends z.ZodObject>(
  event: APIGatewayProxyEvent,
  schema: Query,
): z.output<Query> => validated(schema, event.queryStringParameters ?? {});
