// A literal path part takes precedence over a parameter, and a parameter over `{proxy+}`.
import type { Route } from "./proxy-event.ts";

export type Node<Method> = {
  resource: string;
  resourceId: string;
  literals: Map<string, Node<Method>>;
  parameter: { name: string; node: Node<Method> } | undefined;
  rest: { name: string; node: Node<Method> } | undefined;
  methods: Map<string, Method>;
};

export const createNode = <Method>(resource: string, resourceId: string): Node<Method> => ({
  resource,
  resourceId,
  literals: new Map(),
  parameter: undefined,
  rest: undefined,
  methods: new Map(),
});

export const attach = <Method>(parent: Node<Method>, part: string, node: Node<Method>): void => {
  const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
  if (name === undefined) parent.literals.set(part, node);
  else if (plus === "+") parent.rest = { name, node };
  else parent.parameter = { name, node };
};

type Found<Method> = { node: Node<Method>; parameters: Record<string, string> };

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const search = <Method>(
  node: Node<Method>,
  parts: readonly string[],
  at: number,
): Found<Method> | undefined => {
  const part = parts[at];
  if (part === undefined) return node.methods.size > 0 ? { node, parameters: {} } : undefined;
  const literal = node.literals.get(decode(part));
  const exact = literal && search(literal, parts, at + 1);
  if (exact) return exact;
  if (node.parameter && part !== "") {
    const found = search(node.parameter.node, parts, at + 1);
    if (found) return { ...found, parameters: { ...found.parameters, [node.parameter.name]: decode(part) } };
  }
  return node.rest
    ? { node: node.rest.node, parameters: { [node.rest.name]: parts.slice(at).map(decode).join("/") } }
    : undefined;
};

export const findRoute = <Method>(
  root: Node<Method>,
  path: string,
  httpMethod: string,
): { route: Route; method: Method } | undefined => {
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "");
  const found = search(root, trimmed === "" ? [] : trimmed.split("/"), 0);
  const method = found?.node.methods.get(httpMethod) ?? found?.node.methods.get("ANY");
  if (found === undefined || method === undefined) return undefined;
  const { resource, resourceId } = found.node;
  const pathParameters = Object.keys(found.parameters).length === 0 ? null : found.parameters;
  return { route: { resource, resourceId, pathParameters }, method };
};
