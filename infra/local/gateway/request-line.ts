// One line for each answer. It says which fields were refused, and holds no value of a request.
import type { HttpAnswer } from "./default-responses.ts";

export type Answered = {
  method: string;
  path: string;
  answer: Pick<HttpAnswer, "status" | "body">;
  milliseconds: number;
};

const longestPath = 200;
const longestReason = 120;

/** A terminal would obey control characters. */
const printable = (text: string, longest: number): string => {
  const plain = text.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
};

const parsed = (body: Buffer | string): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

/** Errors have a code, and refused fields have a list of sentences each. */
const reasonIn = (body: Buffer | string): string[] => {
  const error = parsed(body);
  if (typeof error !== "object" || error === null) return [];
  const entries = Object.entries(error);
  const code = entries.flatMap(([name, value]) =>
    name === "code" && typeof value === "string" ? [value] : [],
  );
  const fields = entries.flatMap(([name, value]) => (Array.isArray(value) ? [name] : []));
  const reason = [...code, ...(fields.length === 0 ? [] : [`fields: ${fields.join(", ")}`])];
  return reason.map((text) => printable(text, longestReason));
};

export const requestLine = ({ method, path, answer, milliseconds }: Answered): string =>
  [
    printable(method, longestPath),
    printable(path, longestPath),
    answer.status,
    ...(answer.status < 400 ? [] : reasonIn(answer.body)),
    `${Math.round(milliseconds)} ms`,
  ].join(" ");
