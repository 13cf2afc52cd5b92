import { expect } from "vitest";
import { errors, sentenceOf, type ErrorCode } from "../../../shared/contract/errors.ts";
import type { Answer } from "../calls/api.ts";

/** Expects the status, body and headers that every refusal with this code must have. */
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
