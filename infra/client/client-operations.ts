// What the client knows of the contract: a route for each operation, the codes of refusals, and
// types that need no package.
import { format } from "prettier";
import { contract } from "../../shared/contract/contract.ts";
import { bearerErrors, bodyErrors, commonErrors, type Operation } from "../../shared/contract/operation.ts";
import { checkSendable } from "./sendable-operations.ts";
import { docOf, typeOf, type NamedTypes } from "./type-text.ts";

/** All that people may call: not what only staff may, and not the admin page's own session. */
const isForPeople = ({ caller, keepsStaffCookie }: Operation): boolean =>
  caller !== "staff" && !keepsStaffCookie;

/** Codes that many operations share. An operation lists only its others. */
const codeGroups = [
  { name: "BearerCode", doc: "Refusals of operations that need a session.", codes: bearerErrors },
  { name: "BodyCode", doc: "Refusals of operations that are sent a body.", codes: bodyErrors },
  { name: "CommonCode", doc: "Refusals of every operation.", codes: commonErrors },
];

const parametersOf = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `{ ${name}: string }`);

const sentTo = ({ path, query, body }: Operation, named: NamedTypes): string =>
  [
    ...parametersOf(path),
    ...[query, body].flatMap((input) => (input ? [typeOf(input, "input", named)] : [])),
  ].join(" & ") || "undefined";

const literals = (codes: Iterable<string>): string[] => [...codes].map((code) => JSON.stringify(code));

const declarationsOfGroups = (): NamedTypes =>
  Object.fromEntries(
    codeGroups.map(({ name, doc, codes }) => [
      name,
      `${docOf(doc)}export type ${name} = ${literals(codes).join(" | ")};`,
    ]),
  );

const codesOf = ({ errors, body }: Operation): string => {
  const codes = new Set<string>([...errors, ...(body ? bodyErrors : []), ...commonErrors]);
  const groups = codeGroups.filter((group) => group.codes.every((code) => codes.has(code)));
  for (const code of groups.flatMap((group): readonly string[] => group.codes)) codes.delete(code);
  return [...literals(codes), ...groups.map(({ name }) => name)].join(" | ");
};

const flagsOf = ({ caller, readsDeviceToken }: Operation, sent: string): string =>
  [caller === "user" ? "u" : "", readsDeviceToken ? "d" : "", sent === "undefined" ? "" : "i"].join("");

const printed = (text: string): Promise<string> =>
  format(`// Made from the contract by \`npm run client\`. Edit shared/contract/ instead.\n${text}`, {
    parser: "typescript",
    printWidth: 110,
  });

/** The files of `client/` that are made from the contract. */
export const contractFiles = async (all: Record<string, Operation> = contract) => {
  const named = declarationsOfGroups();
  const types: string[] = [];
  const routes: string[] = [];
  for (const operation of Object.values(all).filter(isForPeople)) {
    checkSendable(operation);
    const { name, success, method, path, summary } = operation;
    const sent = sentTo(operation, named);
    const answer = success.status === 204 ? "undefined" : typeOf(success.body, "output", named);
    types.push(
      `${docOf(summary)}${name}: {\n sent: ${sent}; answer: ${answer}; code: ${codesOf(operation)} };`,
    );
    routes.push(`${name}: "${[method, path, flagsOf(operation, sent)].join(" ").trim()}",`);
  }
  return {
    "operations.ts": await printed(`
${Object.values(named).join("\n\n")}

/** What each operation is sent, what it answers, and the codes of its refusals. */
export type Operations = { ${types.join("\n")} };`),
    "routes.ts": await printed(`import type { Operations } from "./operations.ts";

/** Method and path. Flags: \`u\` needs a session, \`d\` reads a device token, \`i\` has input. */
export const routes = { ${routes.join("\n")} } as const satisfies Record<keyof Operations, string>;`),
  };
};
