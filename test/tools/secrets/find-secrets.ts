import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";

const id = "@secretlint/secretlint-rule-preset-recommend";
const config = { rules: [{ id, rule: creator }] };

/** What the rules of the package don't know. AWS ends the ids of its examples in this word. */
const ownSecrets: [name: string, pattern: RegExp][] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)(?!\w*EXAMPLE)[A-Z0-9]{16}\b/],
  ["a signed token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/],
  ["a private key as JSON", /"d"\s*:\s*"[\w-]{40,}"/],
];

export type FoundSecret = { line: number; what: string };

/** Names what it finds, but never shows it. */
export const findSecrets = async (filePath: string, content: string): Promise<FoundSecret[]> => {
  const { messages } = await lintSource({
    source: { filePath, content, contentType: "text", ext: "" },
    options: { config, maskSecrets: true },
  });
  const own = content
    .split("\n")
    .flatMap((text, index) =>
      ownSecrets.filter(([, pattern]) => pattern.test(text)).map(([what]) => ({ line: index + 1, what })),
    );
  return [...messages.map(({ loc, ruleId }) => ({ line: loc.start.line, what: ruleId })), ...own];
};
