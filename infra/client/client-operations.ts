// What the client knows of the contract: a route for each operation, the codes of refusals, and
// types that need no package.
import { format } from "prettier";
import { contract } from "../../shared/contract/contract.ts";
import { bodyErrors, commonErrors, type Operation } from "../../shared/contract/operation.ts";
import { typeOf, type NamedTypes } from "./type-text.ts";

/** All that people may call: not what only staff may, and not the admin page's own session. */
const operations = Object.entries<Operation>(contract).filter(
  ([, { caller, keepsStaffCookie }]) => caller !== "staff" && !keepsStaffCookie,
);

const parametersOf = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `{ ${name}: string }`);

const sentTo = ({ path, query, body }: Operation, named: NamedTypes): string =>
  [
    ...parametersOf(path),
    ...(query ? [typeOf(query, "input", named)] : []),
    ...(body ? [typeOf(body, "input", named)] : []),
  ].join(" & ") || "undefined";

const codesOf = ({ errors, body }: Operation): string[] => [
  ...new Set<string>([...errors, ...(body ? bodyErrors : []), ...commonErrors]),
];

const flagsOf = (operation: Operation, sent: string): string =>
  [
    operation.caller === "user" ? "u" : "",
    operation.readsDeviceToken ? "d" : "",
    sent === "undefined" ? "" : "i",
  ].join("");

const printed = (text: string): Promise<string> =>
  format(`// Made from the contract by \`npm run client\`. Edit shared/contract/ instead.\n${text}`, {
    parser: "typescript",
    printWidth: 110,
  });

/** The files of `client/` that are made from the contract. */
export const generatedFiles = async (): Promise<Record<string, string>> => {
  const named: NamedTypes = {};
  const types: string[] = [];
  const routes: string[] = [];
  for (const [name, operation] of operations) {
    const { success, method, path, summary } = operation;
    const sent = sentTo(operation, named);
    const answer = success.status === 204 ? "undefined" : typeOf(success.body, "output", named);
    const codes = codesOf(operation).map((code) => `"${code}"`);
    types.push(`/** ${summary} */
      ${name}: { sent: ${sent}; answer: ${answer}; code: ${codes.join(" | ")} };`);
    routes.push(`${name}: "${[method, path, flagsOf(operation, sent)].join(" ").trim()}",`);
  }
  return {
    "operations.ts": await printed(`
${Object.entries(named)
  .map(([name, type]) => `export type ${name} = ${type};`)
  .join("\n")}

/** What each operation is sent, what it answers, and the codes of its refusals. */
export type Operations = { ${types.join("\n")} };`),
    "routes.ts": await printed(`import type { Operations } from "./operations.ts";

/** Method and path. Flags: \`u\` needs a session, \`d\` reads a device token, \`i\` has input. */
export const routes = { ${routes.join("\n")} } as const satisfies Record<keyof Operations, string>;`),
  };
};
