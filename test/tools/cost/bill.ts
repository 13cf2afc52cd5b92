// The monthly bill of a production stage, from what the operations were seen to cost.
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import type { OperationName } from "../../../shared/contract/contract.ts";
import type { Cost, Ledger } from "./ledger.ts";
import { cognito, prices } from "./prices.ts";

/** What a person who uses the service in a month does in it. One of twenty is new. */
export const callsPerUser = {
  createUser: 0.05,
  activateUser: 0.05,
  requestOtp: 4,
  createToken: 4,
  refreshToken: 60,
  getMe: 60,
} as const satisfies Partial<Record<OperationName, number>>;

/** Lambda's own lines of an invocation, and API Gateway's line of a call. No local log has them. */
const platformBytes = { invocation: 700, access: 350 };
/** Lambda asks an empty queue so often: with five pollers, each for 20 seconds. */
const idlePollsPerMonth = (5 * 30 * 24 * 3_600) / 20;
/** An order is put into the queue by its operation, and received and deleted by Lambda. */
const requestsOfPoller = 2;

export type Item =
  "API Gateway" | "SES" | "DynamoDB" | "Lambda" | "logs" | "queues" | "events" | "firewall" | "fixed";
export type Bill = Record<Item, number>;

const workOf = ({ writeUnits, readUnits, gigabyteSeconds, bytesLogged }: Cost, invocations: number) => ({
  DynamoDB: writeUnits * prices.writeUnit + readUnits * prices.readUnit,
  Lambda: invocations * prices.lambdaRequest + gigabyteSeconds * prices.lambdaGigabyteSecond,
  logs: (bytesLogged + invocations * platformBytes.invocation) * prices.loggedByte,
});

const noCosts = (): Bill => ({
  "API Gateway": 0,
  SES: 0,
  DynamoDB: 0,
  Lambda: 0,
  logs: 0,
  queues: 0,
  events: 0,
  firewall: 0,
  fixed: 0,
});

export const dollarsOf = (bill: Bill): number => Object.values(bill).reduce((sum, one) => sum + one, 0);

/** One call, with the letters and events that it causes. */
export const billOfCall = ({ afterwards, ...own }: Ledger[OperationName]): Bill => {
  const [first, later] = [workOf(own, 1), workOf(afterwards, afterwards.invocations)];
  return {
    ...noCosts(),
    "API Gateway": prices.apiRequest,
    SES: afterwards.letters * prices.letter,
    DynamoDB: first.DynamoDB + later.DynamoDB,
    Lambda: first.Lambda + later.Lambda,
    logs: first.logs + later.logs + platformBytes.access * prices.loggedByte,
    queues: afterwards.letters * (1 + requestsOfPoller) * prices.sqsRequest,
    events: afterwards.events * prices.eventBridgeEvent,
    firewall: prices.firewallRequest,
  };
};

/** What a stage costs before anyone calls it, as its templates say. */
export const fixedBill = (stacks: readonly SynthesisedStack[]): Bill => {
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources));
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const metrics = new Set(
    resources
      .filter(({ Type }) => Type === "AWS::Logs::MetricFilter")
      .map(({ Properties }) => JSON.stringify(Properties?.["MetricTransformations"])),
  );
  const queueMappings = resources.filter(
    ({ Type, Properties }) =>
      Type === "AWS::Lambda::EventSourceMapping" &&
      !JSON.stringify(Properties?.["EventSourceArn"]).includes("Stream"),
  ).length;
  const rules = resources
    .filter(({ Type }) => Type === "AWS::WAFv2::WebACL")
    .map(({ Properties }) => [Properties?.["Rules"]].flat().length);
  return {
    ...noCosts(),
    queues: queueMappings * idlePollsPerMonth * prices.sqsRequest,
    firewall: rules.reduce(
      (sum, number) => sum + prices.firewallMonthly + number * prices.firewallRuleMonthly,
      0,
    ),
    fixed:
      count("AWS::SecretsManager::Secret") * prices.secretMonthly +
      count("AWS::CloudWatch::Alarm") * prices.alarmMonthly +
      count("AWS::CloudWatch::Dashboard") * prices.dashboardMonthly +
      metrics.size * prices.metricMonthly,
  };
};

export const monthlyBill = (ledger: Ledger, fixed: Bill, users: number): Bill => {
  const bill = { ...fixed };
  for (const [name, calls] of Object.entries(callsPerUser) as [keyof typeof callsPerUser, number][])
    for (const [item, dollars] of Object.entries(billOfCall(ledger[name])) as [Item, number][])
      bill[item] += dollars * calls * users;
  return bill;
};

/** Cognito's letters go through SES too, so SES's price is the same beside it. */
export const cognitoBill = (plan: "essentials" | "lite", users: number): number => {
  const { freeUsers, lite, essentials } = cognito;
  if (users <= freeUsers) return 0;
  if (plan === "essentials") return (users - freeUsers) * essentials();
  const cheaperFrom = 100_000;
  const dear = Math.min(users, cheaperFrom) - freeUsers;
  return dear * lite(cheaperFrom) + Math.max(0, users - cheaperFrom) * lite(cheaperFrom + 1);
};

/** The number of monthly users from which on Cognito costs more, without the letters of either. */
export const usersWhereCognitoIsDearer = (
  plan: "essentials" | "lite",
  billOf: (users: number) => Bill,
): number => {
  let [low, high] = [0, 10_000_000];
  while (high - low > 100) {
    const middle = Math.round((low + high) / 2);
    const { SES, ...own } = billOf(middle);
    const ours = dollarsOf({ ...own, SES: 0 });
    if (SES >= 0 && cognitoBill(plan, middle) > ours) high = middle;
    else low = middle;
  }
  return high;
};
