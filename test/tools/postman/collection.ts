// The journey as a Postman collection (format 2.1), and its environment.
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { journey, type Folder, type Step } from "./journey.ts";
import { expectStatus } from "./scripts.ts";

const event = (listen: "prerequest" | "test", exec: string[] = []) =>
  exec.length > 0 ? [{ listen, script: { type: "text/javascript", exec } }] : [];

const bearer = (variable: string) => ({
  type: "bearer",
  bearer: [{ key: "token", value: `{{${variable}}}`, type: "string" }],
});
const authOf = {
  public: { type: "noauth" },
  user: bearer("access"),
  staff: bearer("admin_access"),
} as const satisfies Record<Operation["caller"], object>;

const urlOf = ({ path }: Operation, { id, sessionId, query }: Step) => {
  const segments = path.slice(1).replaceAll(/\{(\w+)\}/g, ":$1");
  const parameters = Object.entries(query ?? {}).map(([key, value]) => ({ key, value }));
  const search = parameters.map(({ key, value }) => `${key}=${value}`).join("&");
  return {
    raw: `{{base_url}}/${segments}${search && `?${search}`}`,
    host: ["{{base_url}}"],
    path: segments.split("/"),
    ...(parameters.length > 0 && { query: parameters }),
    ...(id !== undefined && {
      variable: [
        { key: "id", value: `{{${id}}}` },
        ...(sessionId === undefined ? [] : [{ key: "session_id", value: `{{${sessionId}}}` }]),
      ],
    }),
  };
};

const requestOf = (step: Step) => {
  const operation: Operation = contract[step.operation];
  const { method, caller, summary, success } = operation;
  return {
    name: step.title ?? summary,
    event: [
      ...event("prerequest", step.before),
      ...event("test", [
        ...expectStatus(step.operation, step.status ?? success.status),
        ...(step.after ?? []),
      ]),
    ],
    request: {
      method,
      header: step.body ? [{ key: "Content-Type", value: "application/json" }] : [],
      auth: authOf[caller],
      url: urlOf(operation, step),
      description: `${step.operation}: ${summary}`,
      ...(step.body && { body: { mode: "raw", raw: JSON.stringify(step.body, undefined, 2) } }),
    },
  };
};

const folderOf = ({ name, description, before, steps }: Folder) => ({
  name,
  description,
  event: event("prerequest", before),
  item: steps.map(requestOf),
});

export const collection = {
  info: {
    name: "LIT Auth",
    description:
      "Every operation, in an order that works from top to bottom against `npm start`. Scripts read codes from the local mailbox.",
    schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
  },
  item: journey.map(folderOf),
};

export const environment = {
  name: "LIT Auth on this machine",
  values: [
    { key: "base_url", value: "http://127.0.0.1:8000", type: "default", enabled: true },
    { key: "mailbox_url", value: "http://127.0.0.1:8000/_aws/ses", type: "default", enabled: true },
    { key: "admin_email", value: "", type: "default", enabled: true },
    { key: "admin_password", value: "", type: "secret", enabled: true },
  ],
  _postman_variable_scope: "environment",
};
