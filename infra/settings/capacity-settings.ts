// Settings of what the gateway and Lambda accept, and of the alarms and budget that watch it.
import * as z from "zod";

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const capacitySettings = {
  THROTTLE_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "100",
    help: "Requests per second to each operation that has no limit of its own below. API Gateway counts each operation separately and answers 429 above the limit.",
  },
  THROTTLE_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "200",
    help: "How many requests above that rate each of these operations accepts in a burst.",
  },
  THROTTLE_HASHING_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "40",
    help: "Requests per second to each operation that hashes a password, from all clients together. Against a flood from one network, turn on WAF.",
  },
  THROTTLE_HASHING_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "60",
    help: "How many requests above that rate each of these operations accepts in a burst. If HASHING_CONCURRENCY is set and lower, it applies.",
  },
  THROTTLE_PUBLIC_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "50",
    help: "Requests per second to each other public POST operation, such as exchanging a code or a refresh token.",
  },
  THROTTLE_PUBLIC_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "100",
    help: "How many requests above that rate each of these operations accepts in a burst.",
  },
  HASHING_CONCURRENCY: {
    schema: wholeNumber(0, 1_000),
    fallback: "0",
    help: "Lambda concurrency reserved for each function that hashes passwords. It is also the maximum, so that a flood of registrations doesn't starve other functions. Use 10 if the account's quota is 1000. Use 0 (no reservation) in a new account, because its quota of 10 allows none.",
  },
  MAILER_CONCURRENCY: {
    schema: wholeNumber(2, 1_000),
    fallback: "2",
    help: "How many batches of two emails leave at once from each of the two queues (codes; notices and resets). The default is enough for SES's usual 14 emails a second. If SES has a higher rate and a queue grows, raise it. What is above SES's rate waits and is not lost.",
  },
  WAF: {
    schema: z.enum(["on", "off"]).optional(),
    fallback: null,
    help: "on: a web ACL in front of the API, with AWS's managed rules and a rate limit per IP address. It costs about 9 USD a month and 0.60 USD per million requests. off: none. Default: on for the stage named prod, and off for all others.",
  },
  WAF_REQUESTS_PER_FIVE_MINUTES: {
    schema: wholeNumber(10, 2_000_000_000),
    fallback: "2000",
    help: "How many requests from one IP address the web ACL lets through in five minutes.",
  },
  RESET_LETTERS_ALARM_PER_HOUR: {
    schema: wholeNumber(1, 10_000_000),
    fallback: "100",
    help: "How many emails with a reset code in an hour, over all accounts, raise an alarm. Nothing stops them, because a limit on all would let a stranger stop the resets of others.",
  },
  FAILED_GUESSES_ALARM_PER_HOUR: {
    schema: wholeNumber(1, 1_000_000),
    fallback: "100",
    help: "How many refused passwords and codes in an hour, over all accounts, raise an alarm.",
  },
  REQUESTS_ALARM_PER_FIVE_MINUTES: {
    schema: wholeNumber(1, 100_000_000),
    fallback: "30000",
    help: "How many requests to the API in five minutes raise an alarm. The default is 100 a second. A month of them costs about 900 USD for API Gateway alone. Set it to a few times what your busiest five minutes have.",
  },
  ALARM_EMAIL: {
    schema: z.email().optional(),
    fallback: null,
    help: "The email address that receives alarms. If it is empty, no one is notified.",
  },
  MONTHLY_BUDGET_USD: {
    schema: wholeNumber(1, 10_000_000).optional(),
    fallback: null,
    help: "A monthly budget for the whole AWS account. ALARM_EMAIL is told when 80 % and 100 % are spent, and when the forecast exceeds it. Nothing is stopped. All stages share it, so give each the same value: the stage that is deployed last decides. If it is empty, there is no budget.",
  },
} as const;
