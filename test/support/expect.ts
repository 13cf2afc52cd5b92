/** What every refusal must look like. */
import { expect } from "vitest";
import { errors, sentenceOf, type ErrorCode } from "../../shared/errors.ts";
import type { Answer } from "./api.ts";

export const expectRefused = (answer: Answer, code: ErrorCode): void => {
  const { status } = errors[code];
  const wait = answer.headers.get("retry-after");
  const detail = sentenceOf(code, wait === null ? undefined : Number(wait));
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { detail, code } });
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-request-id")).toBeTruthy();
  expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? 'Bearer realm="api"' : null);
  if (status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
};

export const expectFieldErrors = (answer: Answer, fields: Record<string, string[]>): void => {
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: fields });
};

const hidden = /^(date|x-request-id|x-amzn-requestid|x-device-token|set-cookie)$/;

/** Everything of an answer that could tell two people apart: not the values that differ for everybody. */
export const comparable = ({ status, headers, body }: Answer) => ({
  status,
  headers: [...headers]
    .filter(([name]) => name !== "content-length")
    .map(([name, value]) => `${name}: ${hidden.test(name) ? "…" : name === "retry-after" ? "<time>" : value}`)
    .sort(),
  body: JSON.stringify(body)
    ?.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/Try again in \d+ \w+/g, "Try again in <time>"),
});
