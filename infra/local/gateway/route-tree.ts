// A literal path part takes precedence over a parameter, and a parameter over `{proxy+}`. Resources
// without the method don't count, as measured on AWS (ministackorg/ministack#1423).
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

type Found<Method> = { node: Node<Method>; method: Method; parameters: Record<string, string> };

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

type Sought = { parts: readonly string[]; httpMethod: string };

const methodAt = <Method>({ methods }: Node<Method>, { httpMethod }: Sought): Method | undefined =>
  methods.get(httpMethod) ?? methods.get("ANY");

const search = <Method>(node: Node<Method>, sought: Sought, at = 0): Found<Method> | undefined => {
  const { parts } = sought;
  const part = parts[at];
  if (part === undefined) {
    const method = methodAt(node, sought);
    return method && { node, method, parameters: {} };
  }
  const literal = node.literals.get(decode(part));
  const exact = literal && search(literal, sought, at + 1);
  if (exact) return exact;
  if (node.parameter && part !== "") {
    const found = search(node.parameter.node, sought, at + 1);
    if (found) return { ...found, parameters: { ...found.parameters, [node.parameter.name]: decode(part) } };
  }
  if (node.rest === undefined) return undefined;
  const method = methodAt(node.rest.node, sought);
  const parameters = { [node.rest.name]: parts.slice(at).map(decode).join("/") };
  return method && { node: node.rest.node, method, parameters };
};

export const findRoute = <Method>(
  root: Node<Method>,
  path: string,
  httpMethod: string,
): { route: Route; method: Method } | undefined => {
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "");
  const found = search(root, { parts: trimmed === "" ? [] : trimmed.split("/"), httpMethod });
  if (found === undefined) return undefined;
  const { resource, resourceId } = found.node;
  const pathParameters = Object.keys(found.parameters).length === 0 ? null : found.parameters;
  return { route: { resource, resourceId, pathParameters }, method: found.method };
};
