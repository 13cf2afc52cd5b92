import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functionName } from "../../../infra/naming.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { publishedMetrics } from "./published-metrics.ts";
import { alarmsOf, nameOf, other, stage } from "./watched-stages.ts";

type Widget = {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title: string; query?: string; metrics?: unknown[][]; alarms?: string[]; region?: string };
};

/** A body has references between its texts. Here, each of them is `ref`. */
const bodyOf = (name: string): Widget[] => {
  const found = Object.values(stage.all("AWS::CloudWatch::Dashboard")).find(
    ({ DashboardName }) => DashboardName === name,
  );
  if (!found) throw new Error(`no dashboard ${name}`);
  const { "Fn::Join": join } = found["DashboardBody"] as { "Fn::Join": [string, unknown[]] };
  const [, parts] = join;
  const text = parts.map((part) => (typeof part === "string" ? part : "ref")).join("");
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
};
const dashboards = {
  "lit-auth-dev": bodyOf("lit-auth-dev"),
  "lit-auth-dev-operations": bodyOf("lit-auth-dev-operations"),
};
const widgets = Object.values(dashboards).flat();
const titled = (title: string) => widgets.find(({ properties }) => properties.title === title)?.properties;

const dimensionsOf = (metric: unknown[]) => metric.slice(2).filter((part) => typeof part === "string");
const nameOfMetric = (metric: unknown[]) =>
  [metric[0], metric[1], ...dimensionsOf(metric).filter((_, index) => index % 2 === 0)].join(" ");

describe("dashboards", () => {
  it("are described widget by widget in the runbook", () => {
    const [, section = ""] = readFileSync("docs/runbook.md", "utf8").split("\n## Dashboards\n");
    const tables = (section.split("\n## ")[0] ?? "").split("`lit-auth-prod-operations`:");
    const described = tables.map((table) =>
      [...table.matchAll(/^\| ([^|]+?) +\| \S/gm)]
        .map(([, title = ""]) => title)
        .filter((title) => !/^Widget$|^-+$/.test(title)),
    );
    expect(described).toEqual(
      Object.values(dashboards).map((body) => body.map(({ properties }) => properties.title)),
    );
  });

  it("can be turned off", () => {
    expect(other.all("AWS::CloudWatch::Dashboard")).toEqual({});
  });

  it("stay free: at most 50 metrics each, none with a charge", () => {
    for (const [name, body] of Object.entries(dashboards)) {
      const metrics = body.flatMap(({ properties }) => properties.metrics ?? []);
      expect([name, metrics.length <= 50]).toEqual([name, true]);
      const own = new Set(["LitAuth/dev ServerErrors", "LitAuth/dev CallsTurnedAway"]);
      const unknown = metrics.map(nameOfMetric).filter((one) => !publishedMetrics.has(one) && !own.has(one));
      expect(unknown).toEqual([]);
    }
  });

  it("fit into 24 columns without overlaps", () => {
    for (const body of Object.values(dashboards)) {
      const cells = body.flatMap(({ x, y, width }) =>
        Array.from({ length: width }, (_, column) => `${x + column} ${y}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      for (const { x, width } of body) expect(x + width).toBeLessThanOrEqual(24);
    }
  });

  it("show the calls of each operation of the contract once", () => {
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([, name]) => name === "Invocations")
      .map((metric) => String(dimensionsOf(metric)[1]));
    const expected = Object.keys(contract).map((name) => functionName("dev", name));
    expect(shown.toSorted()).toEqual(expected.toSorted());
  });

  it("show all alarms, queues and tables", () => {
    const names = alarmsOf(stage).map(([, { AlarmName }]) => `arn:ref:cloudwatch:ref:ref:alarm:${AlarmName}`);
    expect(titled("Alarms")?.alarms?.toSorted()).toEqual(names.toSorted());
    const queues = Object.keys(stage.all("AWS::SQS::Queue")).length;
    const ages = titled("Age of the oldest message")?.metrics?.length ?? 0;
    expect(ages + (titled("Dead letters")?.metrics?.length ?? 0)).toBe(queues);
    const indexes = Object.values(stage.all("AWS::DynamoDB::Table")).flatMap(
      ({ GlobalSecondaryIndexes = [] }) =>
        (GlobalSecondaryIndexes as { IndexName: string }[]).map(({ IndexName }) => IndexName),
    );
    const tables = Object.keys(stage.all("AWS::DynamoDB::Table")).length;
    const capacity = titled("Capacity units")?.metrics ?? [];
    expect(capacity).toHaveLength(2 * tables + indexes.length);
    for (const index of indexes) expect(JSON.stringify(capacity)).toContain(`"${index}"`);
  });

  it("read logs by prefixes that only this stage's log groups have", () => {
    const prefixes = new Set(
      widgets.flatMap(({ properties: { query = "" } }) =>
        [
          ...(/^SOURCE logGroups\(namePrefix: \[([^\]]*)\]\)\n\| /.exec(query)?.[1] ?? "").matchAll(
            /'([^']+)'/g,
          ),
        ].map(([, prefix = ""]) => prefix),
      ),
    );
    // CloudFormation names a log group after its stack and its logical id.
    const groups = stage.stacks.flatMap(({ stackName, template }) =>
      Object.entries(template.Resources).flatMap(([id, { Type }]) =>
        Type === "AWS::Logs::LogGroup" ? [`${stackName}-${id}-`] : [],
      ),
    );
    expect(prefixes.size).toBe(4);
    for (const prefix of prefixes) expect(groups.some((name) => name.startsWith(prefix))).toBe(true);
    for (const { type, properties } of widgets)
      if (type === "log") expect(properties.query).toMatch(/^SOURCE /);
  });
});

const fieldsOfLines = [
  ...[...readFileSync("shared/platform/logger.ts", "utf8").matchAll(/^ {2}(\w+)\?: /gm)].map(
    ([, name]) => name,
  ),
  // What the logger adds, and what the mailer copies from the order of a letter.
  "level",
  "message",
  "requestId",
  "causeRequestId",
  "error.name",
  "error.message",
];
const format = JSON.stringify(Object.values(stage.all("AWS::ApiGateway::Stage"))[0]?.["AccessLogSetting"]);
const fieldsOfAccessLog = [...format.matchAll(/\\"(\w+)\\":/g)].map(([, name]) => name);
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
const fieldsOfReports = [
  "durationMs",
  "billedDurationMs",
  "memorySizeMB",
  "maxMemoryUsedMB",
  "initDurationMs",
].map((name) => `record.metrics.${name}`);
const wordsOfLanguage = new Set(
  "fields filter stats sort limit by as and or in like desc count pct max sum bin ispresent type".split(" "),
);

/** The fields that a query of Logs Insights reads. */
const fieldsIn = (query: string): string[] => {
  const text = query
    .replace(/^SOURCE .*$/m, "")
    .replaceAll(/"[^"]*"|\/[^/\n]*\//g, "")
    .replaceAll(/\{\{\w+\}\}|@\w+|\b\d+\w*/g, "");
  const made = new Set([...text.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  return [...text.matchAll(/[a-z][\w.]*/gi)]
    .map(([word]) => word)
    .filter((word) => !wordsOfLanguage.has(word) && !made.has(word));
};

describe("queries", () => {
  const saved = Object.entries(stage.all("AWS::Logs::QueryDefinition")).map(([id, properties]) => ({
    id: nameOf(id),
    ...(properties as {
      Name: string;
      QueryString: string;
      LogGroupNames: object[];
      Parameters: { Name: string }[];
    }),
  }));

  it("read only fields that lines have", () => {
    const known = (query: string) =>
      new Set(
        /AccessLog|resourcePath/.test(query) ? fieldsOfAccessLog : [...fieldsOfLines, ...fieldsOfReports],
      );
    const queries = [
      ...saved.map(({ QueryString }) => QueryString),
      ...widgets.flatMap(({ properties }) => properties.query ?? []),
    ];
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) {
      expect(fieldsIn(query).length).toBeGreaterThan(0);
      expect([query, fieldsIn(query).filter((field) => !known(query).has(field))]).toEqual([query, []]);
    }
  });

  it("are saved in folders of the stage, and the runbook lists them", () => {
    const [, section = ""] = readFileSync("docs/runbook.md", "utf8").split("\n## Saved queries\n");
    const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `([\w ]+)` +\| ([^|]+?) +\|/gm)];
    const listed = rows.map(([, folder, name]) => `lit-auth-dev/${folder}/${name}`);
    const five = rows.filter(([, folder]) => folder === "user functions").map(([, , name]) => name);
    const expected = listed.flatMap((name) =>
      name.endsWith("/the same five") ? five.map((one) => `lit-auth-dev/staff functions/${one}`) : [name],
    );
    expect(saved.map(({ Name }) => Name).toSorted()).toEqual(expected.toSorted());
  });

  it("ask for what they need, and read at most 50 log groups", () => {
    for (const { QueryString, LogGroupNames, Parameters } of saved) {
      const asked = new Set([...QueryString.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));
      expect(new Set(Parameters.map(({ Name }) => Name))).toEqual(asked);
      expect(LogGroupNames.length).toBeGreaterThan(0);
      expect(LogGroupNames.length).toBeLessThanOrEqual(50);
    }
  });

  it("of functions read the logs of all functions", () => {
    const read = JSON.stringify(saved.filter(({ id }) => id.endsWith("LinesOfARequest")));
    for (const id of Object.keys(stage.all("AWS::Logs::LogGroup")).filter(
      (one) => !/^(?:AccessLog|Operators)/.test(one),
    ))
      expect(read).toContain(`"${id}"`);
  });
});
