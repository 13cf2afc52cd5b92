// Settings of what operators see: traces, dashboards, alarms and the archive.
import * as z from "zod";

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const operationSettings = {
  TRACING: {
    schema: z
      .string()
      .regex(/^(?:off|[1-9]\d?|100)$/, "must be off or a percentage from 1 to 100")
      .transform((text) => (text === "off" ? ("off" as const) : Number(text))),
    fallback: "1",
    help: "Which percentage of the requests to the API X-Ray records, from 1 to 100, or off. X-Ray costs 5 USD per million recorded traces, and the first 100,000 a month are free.",
  },
  DASHBOARDS: {
    schema: z.enum(["on", "off"]),
    fallback: "on",
    help: "on: two CloudWatch dashboards for this stage. The first three of an account are free, and each further one costs 3 USD a month. off: none.",
  },
  LATENCY_ALARM_MILLISECONDS: {
    schema: wholeNumber(100, 29_000),
    fallback: "3000",
    help: "An alarm goes off if the slowest hundredth of the calls takes at least so long for 15 minutes.",
  },
  CLIENT_ERRORS_ALARM_PER_FIVE_MINUTES: {
    schema: wholeNumber(1, 100_000_000),
    fallback: "3000",
    help: "How many calls that are refused (4xx) in five minutes, twice in fifteen, raise an alarm. The default is 10 a second.",
  },
  QUEUE_AGE_ALARM_SECONDS: {
    schema: wholeNumber(60, 3_600),
    fallback: "300",
    help: "How long the oldest order of an email with a code may wait before an alarm goes off. Codes that waited for 15 minutes are not sent.",
  },
  SES_LETTERS_ALARM_PER_DAY: {
    schema: wholeNumber(1, 1_000_000_000),
    fallback: "40000",
    help: "How many emails in 24 hours raise an alarm. SES has no metric of its quota, so set this to 80 % of yours (160 in the sandbox). All programs in the account and region that send with SES count.",
  },
  SECURITY_ARCHIVE_DESTINATION_ARN: {
    schema: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:destination:[\w.-]+$/,
        "use the ARN of a CloudWatch Logs destination",
      )
      .optional(),
    fallback: null,
    help: "A CloudWatch Logs destination in another account, to which all security lines are copied. infra/archive/ makes one with a bucket that keeps them. If it is empty, nothing is copied.",
  },
} as const;
