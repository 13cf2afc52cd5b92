// Supports the subset of Velocity that CDK writes. Unknown syntax fails at start.

export type Scope = {
  context: Record<string, unknown>;
  /** Names are case-sensitive, as on AWS. */
  header: (name: string) => string;
  query: (name: string) => string;
  variables: Map<string, unknown>;
  overrides: Map<string, string>;
};
type Expression = (scope: Scope) => unknown;
export type CompiledTemplate = (scope: Scope) => string;

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
};

const overridePrefix = "context.responseOverride.header.";
const reference = /^\$!?\{?([A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*)\}?/;
const inputCall =
  /^\$input\.params\((?:\)\.(header|querystring)\.get\(\s*["']([^"']*)["']\s*\)|\s*["']([^"']*)["']\s*\))/;
const matchCall = /^\$([A-Za-z]\w*)\.matches\(\s*["']([^"']*)["']\s*\)/;

export const compileMappingTemplate = (source: string): CompiledTemplate => {
  let rest = source;
  const fail = (expected: string): never => {
    throw new Error(`Velocity: expected ${expected} at "${rest.slice(0, 60)}" (not supported locally)`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found) rest = rest.slice(found[0].length);
    return found;
  };
  const expect = (pattern: RegExp, what: string): RegExpExecArray => take(pattern) ?? fail(what);

  const lookUp = (dotted: string): Expression => {
    const [first = "", ...path] = dotted.split(".");
    if (first !== "context" && path.length > 0) fail("a variable without members");
    return ({ variables, context }) =>
      first === "context"
        ? path.reduce<unknown>(
            (value, name) =>
              typeof value === "object" && value !== null
                ? new Map(Object.entries(value)).get(name)
                : undefined,
            context,
          )
        : variables.get(first);
  };

  const parseReference = (): Expression | undefined => {
    const input = take(inputCall);
    if (input) {
      const [, place, named = "", either] = input;
      if (either !== undefined) return ({ query, header }) => query(either) || header(either);
      return ({ query, header }) => (place === "header" ? header(named) : query(named));
    }
    const match = take(matchCall);
    if (match) {
      const [, name = "", pattern = ""] = match;
      const expression = new RegExp(`^(?:${pattern})$`);
      return ({ variables }) => expression.test(textOf(variables.get(name)));
    }
    const found = take(reference);
    if (!found) return undefined;
    if (rest.startsWith("(") || found[1]?.startsWith("input")) fail("a call that is known");
    return lookUp(found[1] ?? "");
  };

  const parseOperand = (): Expression => {
    take(/^\s+/);
    if (take(/^!/)) {
      const operand = parseOperand();
      return (scope) => !operand(scope);
    }
    if (take(/^\(/)) {
      const inner = parseExpression();
      expect(/^\s*\)/, ")");
      return inner;
    }
    const text = take(/^"([^"$#]*)"|^'([^']*)'/);
    if (text) return () => text[1] ?? text[2] ?? "";
    const literal = take(/^(true|false|-?\d+)\b/);
    if (literal) return () => JSON.parse(literal[0]);
    return parseReference() ?? fail("a value");
  };

  const operators: Record<string, (left: Expression, right: Expression) => Expression> = {
    "==": (left, right) => (scope) => left(scope) === right(scope),
    "!=": (left, right) => (scope) => left(scope) !== right(scope),
    "&&": (left, right) => (scope) => left(scope) && right(scope),
    "||": (left, right) => (scope) => left(scope) || right(scope),
  };
  const parseLevel = (symbols: RegExp, next: () => Expression) => (): Expression => {
    let left = next();
    for (let symbol = take(symbols); symbol; symbol = take(symbols)) {
      left = operators[symbol[1] ?? ""]?.(left, next()) ?? fail("an operator");
    }
    return left;
  };
  const parseComparison = parseLevel(/^\s*(==|!=)/, parseOperand);
  const parseAnd = parseLevel(/^\s*(&&)/, parseComparison);
  const parseExpression: () => Expression = parseLevel(/^\s*(\|\|)/, parseAnd);

  const parseCondition = (): Expression => {
    expect(/^\(/, "(");
    const condition = parseExpression();
    expect(/^\s*\)[ \t]*\n?/, ")");
    return condition;
  };

  const parseSet = (): CompiledTemplate => {
    const [, target = ""] = expect(/^\(\s*\$([A-Za-z][\w.-]*)\s*=/, "an assignment");
    const value = parseExpression();
    expect(/^\s*\)[ \t]*\n?/, ")");
    if (target.startsWith(overridePrefix)) {
      const header = target.slice(overridePrefix.length);
      return (scope) => (scope.overrides.set(header, textOf(value(scope))), "");
    }
    if (target.includes(".")) fail("a variable or a header override");
    return (scope) => (scope.variables.set(target, value(scope)), "");
  };

  const parseIf = (): CompiledTemplate => {
    const branches = [{ condition: parseCondition(), body: parseBlock() }];
    while (take(/^#elseif\s*/)) branches.push({ condition: parseCondition(), body: parseBlock() });
    if (take(/^#(else|\{else\})[ \t]*\n?/)) branches.push({ condition: () => true, body: parseBlock() });
    expect(/^#end[ \t]*\n?/, "#end");
    return (scope) => branches.find(({ condition }) => condition(scope))?.body(scope) ?? "";
  };

  const parseBlock = (): CompiledTemplate => {
    const parts: CompiledTemplate[] = [];
    const ended = () => rest === "" || /^#(else|elseif|end|\{else\})/.test(rest);
    while (!ended()) {
      const text = take(/^([^#$]|\$(?![A-Za-z{!])|#(?![A-Za-z{#]))+/);
      if (text) parts.push(() => text[0]);
      else if (take(/^##[^\n]*\n?/)) continue;
      else if (take(/^#set\s*/)) parts.push(parseSet());
      else if (take(/^#if\s*/)) parts.push(parseIf());
      else {
        const value = parseReference() ?? fail("a directive that is known");
        parts.push((scope) => textOf(value(scope)));
      }
    }
    return (scope) => parts.map((part) => part(scope)).join("");
  };

  const compiled = parseBlock();
  if (rest !== "") fail("the end");
  return compiled;
};
