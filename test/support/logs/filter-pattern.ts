// Evaluates CloudWatch's filter patterns for JSON lines: the part of the syntax that templates use.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
type Line = Record<string, unknown>;
type Condition = (line: Line) => boolean;

const tokenPattern = /\s*(&&|\|\||[(){}]|!=|>=|<=|[=<>]|\$\.[\w.]+|"[^"]*"|[\w.*-]+)/gy;

const tokensOf = (pattern: string): string[] => {
  const tokens = [...pattern.trimEnd().matchAll(tokenPattern)];
  if (tokens.map(([whole]) => whole).join("") !== pattern.trimEnd())
    throw new Error(`not a pattern that this evaluator knows: ${pattern}`);
  return tokens.map(([, token = ""]) => token);
};

const valueAt = (line: Line, selector: string): unknown =>
  selector
    .slice("$.".length)
    .split(".")
    .reduce<unknown>((value, name) => (Object(value) as Line)[name], line);

const matchesText = (value: unknown, text: string): boolean => {
  const expression = text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*");
  return typeof value === "string" && new RegExp(`^${expression}$`).test(value);
};

const comparison = (selector = "", operator = "", operand = ""): Condition => {
  if (!selector.startsWith("$.")) throw new Error(`${selector} selects nothing`);
  const text = operand.replace(/^"(.*)"$/, "$1");
  return (line) => {
    const value = valueAt(line, selector);
    // A line without the field matches neither an equality nor its opposite.
    if (value === undefined) return false;
    switch (operator) {
      case "=":
        return matchesText(value, text);
      case "!=":
        return !matchesText(value, text);
      default:
        throw new Error(`${operator} is not known`);
    }
  };
};

const parse = (pattern: string): Condition => {
  const tokens = tokensOf(pattern);
  const expectNext = (token: string) => {
    const next = tokens.shift();
    if (next !== token) throw new Error(`${token} expected in ${pattern}, not ${next}`);
  };
  const term = (): Condition => {
    if (tokens[0] !== "(") return comparison(tokens.shift(), tokens.shift(), tokens.shift());
    expectNext("(");
    const inner = any();
    expectNext(")");
    return inner;
  };
  const joined = (operator: string, part: () => Condition): Condition[] => {
    const parts = [part()];
    while (tokens[0] === operator) {
      tokens.shift();
      parts.push(part());
    }
    return parts;
  };
  const all = (): Condition => {
    const parts = joined("&&", term);
    return (line) => parts.every((part) => part(line));
  };
  const any = (): Condition => {
    const parts = joined("||", all);
    return (line) => parts.some((part) => part(line));
  };
  expectNext("{");
  const condition = any();
  expectNext("}");
  if (tokens.length > 0) throw new Error(`more follows the pattern: ${pattern}`);
  return condition;
};

/** Says which lines of a log match. Lines that are no JSON object match nothing. */
export const filterOf = (pattern: string): ((text: string) => boolean) => {
  const condition = parse(pattern);
  return (text) => {
    if (!text.startsWith("{")) return false;
    return condition(JSON.parse(text) as Line);
  };
};
