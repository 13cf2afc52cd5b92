import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";

const columns = 24;

export type Widget = { title: string; type: "metric" | "log" | "alarm"; properties: Record<string, unknown> };

const rowOf = (metric: IMetric): unknown[] => {
  const { metricStat, renderingProperties } = metric.toMetricConfig();
  if (!metricStat) throw new Error("Dashboards show plain metrics only");
  const { namespace, metricName, dimensions = [], statistic, period } = metricStat;
  return [
    namespace,
    metricName,
    ...dimensions.flatMap(({ name, value }) => [name, value]),
    { stat: statistic, period: period.toSeconds(), label: renderingProperties?.["label"] ?? metricName },
  ];
};

export const graph = (
  title: string,
  metrics: readonly IMetric[],
  view: "timeSeries" | "singleValue" = "timeSeries",
): Widget => ({
  title,
  type: "metric",
  properties: {
    metrics: metrics.map(rowOf),
    view,
    ...(view === "singleValue" && { setPeriodToTimeRange: true }),
  },
});

/** Names of log groups are generated, and begin with the stack's name and the logical id. */
export const logTable = (
  title: string,
  namePrefixes: readonly string[],
  ...lines: readonly string[]
): Widget => {
  const prefixes = namePrefixes.map((prefix) => `'${prefix}'`).join(", ");
  const query = [`SOURCE logGroups(namePrefix: [${prefixes}])`, ...lines].join("\n| ");
  return { title, type: "log", properties: { query, view: "table" } };
};

export const alarmList = (title: string, alarms: readonly string[]): Widget => ({
  title,
  type: "alarm",
  properties: { alarms },
});

/** Each row has widgets of one width. */
export const layOut = (rows: readonly (readonly Widget[])[], region: string) => {
  const height = 7;
  return rows.flatMap((row, index) =>
    row.map(({ title, type, properties }, place) => {
      const width = Math.floor(columns / row.length);
      return {
        type,
        x: place * width,
        y: index * height,
        width,
        height,
        properties: { title, ...(type !== "alarm" && { region }), ...properties },
      };
    }),
  );
};
