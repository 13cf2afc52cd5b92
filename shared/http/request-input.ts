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

const readJson = (event: APIGatewayProxyEvent): unknown => {
  const raw = event.body ?? "";
  const bytes = Buffer.byteLength(raw, event.isBase64Encoded ? "base64" : "utf8");
  if (bytes === 0) return {};
  if (bytes > maximumBytes) throw new ApiError("request_too_large");
  const mediaType = header(event, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") throw new ApiError("unsupported_media_type");
  return parsed(event.isBase64Encoded ? Buffer.from(raw, "base64").toString("utf8") : raw);
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

/** Unknown members are ignored, as in Django REST framework. */
export const readBody = <Body extends z.ZodObject>(
  event: APIGatewayProxyEvent,
  schema: Body,
): z.output<Body> => {
  const json = readJson(event);
  if (kindOf(json) !== "object") {
    const sentence = `Invalid data. Expected a dictionary, but got ${kindOf(json)}.`;
    throw new FieldErrors({ non_field_errors: [sentence] });
  }
  return validated(schema, json);
};

/** If a parameter occurs twice, API Gateway passes on the last value. */
export const readQuery = <Query extends z.ZodObject>(
  event: APIGatewayProxyEvent,
  schema: Query,
): z.output<Query> => validated(schema, event.queryStringParameters ?? {});
