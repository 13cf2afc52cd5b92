// Writes the contract as OpenAPI 3.0.3, a version that API Gateway and Postman can import.
import { writeFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import { stringify } from "yaml";
import type * as z from "zod";
import { contract } from "../../shared/contract/contract.ts";
import { readCommandLine } from "../command-line/command-line.ts";
import { bodyErrors, commonErrors, type Operation } from "../../shared/contract/operation.ts";
import { errors, sentenceOf, type ErrorCode } from "../../shared/contract/errors.ts";
import {
  cachedAnswersHeaders,
  deviceTokenParameter,
  errorSchemas,
  everyAnswersHeaders,
  headerComponents,
  issuedDeviceHeaders,
  knownServers,
  operationTags,
  overview,
  refusalHeaders,
  staffCookieHeaders,
  statusTitles,
  waitingHeaders,
} from "./texts.ts";
import { namedSchema, toOpenApiSchema, type Json } from "./json-schema.ts";

const exampleWaitSeconds = 240;
const exampleUntilSeconds = Date.UTC(2026, 11, 2, 21) / 1000;

/** API Gateway answers `throttled` itself, with a fixed sentence without a time to wait. */
const exampleSentence = (code: ErrorCode): string =>
  sentenceOf(
    code,
    code === "throttled" ? undefined : exampleWaitSeconds,
    code === "deletion_waits" ? exampleUntilSeconds : undefined,
  );

const json = (content: Json) => ({ "application/json": content });

const errorResponse = (status: number, codes: readonly ErrorCode[], fields: readonly string[]): Json => {
  const examples: Json = Object.fromEntries(
    codes.map((code) => [code, { value: { detail: exampleSentence(code), code } }]),
  );
  const [field] = fields;
  if (field) examples["fields"] = { value: { [field]: ["This field is required."] } };
  const schema = { $ref: `#/components/schemas/${field ? "BadRequest" : "Refusal"}` };
  return {
    description: statusTitles[status],
    headers: {
      ...everyAnswersHeaders,
      ...refusalHeaders[status],
      ...(codes.includes("deletion_waits") && waitingHeaders),
    },
    content: json({ schema, examples }),
  };
};

const errorResponses = ({ errors: own, body, query }: Operation): Json => {
  const codes = [...own, ...(body ? bodyErrors : []), ...commonErrors];
  const byStatus = Object.groupBy(codes, (code) => errors[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, group]) => {
      const fields = status === "400" ? Object.keys({ ...body?.shape, ...query?.shape }) : [];
      return [status, errorResponse(Number(status), group, fields)];
    }),
  );
};

const tagOf = (path: string) => {
  const tag = Object.keys(operationTags).find((name) => path.includes(`/${name}/`));
  if (!tag) throw new Error(`no tag in operationTags for ${path}`);
  return tag;
};

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", format: "uuid", example: "0b8f2f3e-5a35-4d0e-9b62-6f1f5f1d7c11" },
  }));

const queryParameters = (query: z.ZodObject, components: Json): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...made } = toOpenApiSchema(schema, "input", components);
    return { name, in: "query", ...(description !== undefined && { description }), schema: made };
  });

const namesOf = (operation: string) => {
  const name = operation.replace(/^./, (letter) => letter.toUpperCase());
  // A name with `Response` would collide: some generators give it to what wraps status and body.
  return { body: `${name}Request`, answer: `${name}Result` };
};

const describeOperation = (name: string, operation: Operation, components: Json): Json => {
  const { caller, summary, body, query, success, path, cacheSeconds } = operation;
  const names = namesOf(name);
  const parameters = [
    ...pathParameters(path),
    ...(query ? queryParameters(query, components) : []),
    ...(operation.readsDeviceToken ? [deviceTokenParameter] : []),
  ];
  const headers = {
    ...everyAnswersHeaders,
    ...(cacheSeconds !== undefined && cachedAnswersHeaders),
    ...(operation.issuesDeviceToken && issuedDeviceHeaders),
    ...(operation.keepsStaffCookie && staffCookieHeaders),
  };
  return {
    operationId: name,
    tags: [tagOf(path)],
    summary,
    security: caller === "public" ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: json({ schema: namedSchema(names.body, body, "input", components) }),
      },
    }),
    responses: {
      [success.status]: {
        description: STATUS_CODES[success.status],
        headers,
        ...(success.status !== 204 && {
          content: json({ schema: namedSchema(names.answer, success.body, "output", components) }),
        }),
      },
      ...(cacheSeconds !== undefined && { 304: { description: STATUS_CODES[304], headers } }),
      ...errorResponses(operation),
    },
  };
};

export const openApiDocument = (servers: readonly object[] = knownServers): Json => {
  const schemas: Json = { ...errorSchemas };
  const paths: Record<string, Json> = {};
  for (const [name, operation] of Object.entries<Operation>(contract))
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describeOperation(
      name,
      operation,
      schemas,
    );
  return {
    ...overview,
    servers,
    tags: Object.entries(operationTags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      headers: headerComponents,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas,
    },
  };
};

export const openApiYaml = (): string =>
  stringify(openApiDocument(), { lineWidth: 110, aliasDuplicateObjects: false });

if (import.meta.main) {
  readCommandLine("openapi");
  writeFileSync(join(import.meta.dirname, "../../openapi.yaml"), openApiYaml());
}
