import { HttpError } from "ra-core";
import type { ErrorCode } from "../../shared/contract/errors.ts";

type Refusal = { detail: string; code: ErrorCode };

/** Replaces sentences that the API can't change (clients match on them) but that mislead people. */
const ownWords: Partial<Record<ErrorCode, string>> = {
  sign_in_refused: "The code is wrong or no longer valid. Start again to get a new one.",
  permission_denied: "This account is not an administrator.",
};

const unreachable = "The service could not be reached. Check your connection and try again.";

const isRefusal = (body: unknown): body is Refusal =>
  typeof body === "object" && body !== null && "detail" in body;
const isByField = (body: unknown): body is Record<string, string[]> =>
  typeof body === "object" && body !== null && !isRefusal(body);

const sentenceOf = (body: unknown): string => {
  if (isRefusal(body)) return ownWords[body.code] ?? body.detail.replace(/(?<![.!?])$/, ".");
  return isByField(body) ? "Some values are not valid." : unreachable;
};

export const noAnswer = (): HttpError => new HttpError(unreachable, 0);

export const refusalOf = async (response: Response): Promise<HttpError> => {
  const body: unknown = await response.json().catch(() => undefined);
  return new HttpError(sentenceOf(body), response.status, body);
};

export const fieldErrorsOf = (error: unknown): Record<string, string> => {
  const body: unknown = error instanceof HttpError ? error.body : undefined;
  if (!isByField(body)) return {};
  return Object.fromEntries(Object.entries(body).map(([field, sentences]) => [field, sentences.join(" ")]));
};
