// Applies the filters of the templates to lines as CloudWatch would, so that a filter with a field
// that no line has fails.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { eventually } from "../assert/eventually.ts";
import { templatesFile } from "../stacks/test-templates.ts";
import type { TestStack } from "../stacks/test-stack.ts";
import { filterOf } from "./filter-pattern.ts";

type Filter = { metricName: string; logGroup: string; matches: (line: string) => boolean };

const resources = () =>
  (JSON.parse(readFileSync(templatesFile, "utf8")) as SynthesisedStack[]).flatMap(({ template }) =>
    Object.values(template.Resources),
  );

const filters = (): Filter[] =>
  resources()
    .filter(({ Type }) => Type === "AWS::Logs::MetricFilter")
    .map(({ Properties }) => {
      const { LogGroupName, FilterPattern, MetricTransformations } = Properties as {
        LogGroupName: { Ref: string };
        FilterPattern: string;
        MetricTransformations: [{ MetricName: string }];
      };
      const [{ MetricName: metricName }] = MetricTransformations;
      return { metricName, logGroup: LogGroupName.Ref, matches: filterOf(FilterPattern) };
    });

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";

const linesOf = ({ dataDirectory }: Pick<TestStack, "dataDirectory">, logGroup: string): string[] => {
  const label = logGroup.replace(/Logs[0-9A-F]{8}$/, "");
  try {
    return readFileSync(join(dataDirectory, `logs/${label}.log`), "utf8").split("\n");
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Returns the lines that would move a metric, in any log group with a filter for it. */
export const linesMoving = (metricName: string, lines: readonly string[]): string[] =>
  lines.filter((line) =>
    filters().some((filter) => filter.metricName === metricName && filter.matches(line)),
  );

/** Waits until the lines of functions have moved a metric by `least`. */
export const metricMoved = (
  stack: Pick<TestStack, "dataDirectory">,
  metricName: string,
  least = 1,
): Promise<number> => {
  const own = filters().filter((filter) => filter.metricName === metricName);
  if (own.length === 0) throw new Error(`no filter writes ${metricName}`);
  return eventually(`the metric ${metricName}`, () => {
    const matching = own.flatMap(({ logGroup, matches }) => linesOf(stack, logGroup).filter(matches));
    return matching.length >= least ? matching.length : undefined;
  });
};

/** Counts what the gateway would log about an answer, in the format of the template. */
export const metricsOfAnswer = (
  { status }: { status: number },
  gatewayResponse = "-",
): Record<string, number> => {
  const [Format = ""] = resources()
    .filter(({ Type }) => Type === "AWS::ApiGateway::Stage")
    .map(
      ({ Properties }) => (Properties as { AccessLogSetting: { Format: string } }).AccessLogSetting.Format,
    );
  const values: Record<string, string> = { status: String(status), "error.responseType": gatewayResponse };
  const line = Format.replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? "-");
  const ofGateway = filters().filter(({ logGroup }) => logGroup.startsWith("AccessLog"));
  return Object.fromEntries(ofGateway.map(({ metricName, matches }) => [metricName, matches(line) ? 1 : 0]));
};
