// List prices in USD, as of 2026-11-26, in us-east-1 and without the free tier. They change, and
// other regions are dearer: the price lists of each service on aws.amazon.com are the truth.
const million = 1e6;
const gigabyte = 1e9;

export const pricesAsOf = "2026-11-26";

export const prices = {
  /** REST API, up to 333 million a month. */
  apiRequest: 3.5 / million,
  lambdaRequest: 0.2 / million,
  /** On arm64, up to 7.5 billion a month. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  writeUnit: 0.625 / million,
  readUnit: 0.125 / million,
  sqsRequest: 0.4 / million,
  eventBridgeEvent: 1 / million,
  letter: 0.1 / 1_000,
  loggedByte: 0.5 / gigabyte,
  trace: 5 / million,
  firewallRequest: 0.6 / million,
  firewallMonthly: 5,
  firewallRuleMonthly: 1,
  secretMonthly: 0.4,
  alarmMonthly: 0.1,
  metricMonthly: 0.3,
  dashboardMonthly: 3,
} as const;

/** Per monthly user above the free ones. */
export const cognito = {
  freeUsers: 10_000,
  essentials: () => 0.015,
  /** It has no codes by email. */
  lite: (user: number) => (user <= 100_000 ? 0.0055 : 0.0046),
} as const;
