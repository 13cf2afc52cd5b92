// Computes the longest call of every AWS client that a function may make.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESClient } from "@aws-sdk/client-ses";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { Retry } from "@smithy/core/retry";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Grant } from "../../../infra/grants/grant.ts";
import { defaultTimeoutSeconds, grants } from "../../../infra/grants/grants.ts";
import { leanJson1_1Options, leanJsonOptions, leanOptions } from "../../../shared/platform/aws-client.ts";
import * as limits from "../../../shared/platform/aws-http.ts";

const root = join(import.meta.dirname, "../../..");
const sources = ["shared", "functions"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8")),
);
/** Such as `DynamoDBClient(leanJsonOptions)`. */
const clientsMade = sources.flatMap((text) => text.match(/(?<=new )\w+Client\([^)]*\)/g) ?? []);

const mailOptions = { ...leanOptions, maxAttempts: 2, requestHandler: limits.patientHandler };
const known = {
  "DynamoDBClient(leanJsonOptions)": new DynamoDBClient(leanJsonOptions),
  "DynamoDBStreamsClient(leanJsonOptions)": new DynamoDBStreamsClient(leanJsonOptions),
  "EventBridgeClient(leanJson1_1Options)": new EventBridgeClient(leanJson1_1Options),
  "SQSClient(leanJsonOptions)": new SQSClient(leanJsonOptions),
  "SecretsManagerClient(leanJson1_1Options)": new SecretsManagerClient(leanJson1_1Options),
  "SESv2Client(leanOptions)": new SESv2Client(leanOptions),
  "SESClient({ ...leanOptions, maxAttempts, requestHandler: patientHandler })": new SESClient(mailOptions),
};

const secondsOf = (grant: Grant): number => grant.timeoutSeconds ?? defaultTimeoutSeconds;
const shortest = Math.min(...Object.values<Grant>(grants).map(secondsOf));
const secondsFor = { patient: secondsOf(grants.mailer), usual: shortest };

/** The SDK waits up to this base, and twice as long before each further attempt. */
const longestWaits = (attempts: number): number =>
  Math.max(Retry.delay(), Retry.throttlingDelay()) * (2 ** (attempts - 1) - 1);

describe("longest call", () => {
  it("is known of every client in functions", () => {
    expect([...new Set(clientsMade)].toSorted()).toEqual(Object.keys(known).toSorted());
  });

  it.each(Object.entries(known))("of %s ends before the function", async (_, { config }) => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("AWS_MAX_ATTEMPTS", "9");
    const isPatient = config.requestHandler === limits.patientHandler;
    expect(isPatient || config.requestHandler === limits.requestHandler).toBe(true);
    const attempts = await config.maxAttempts();
    const each = isPatient ? limits.patientAttemptMilliseconds : limits.attemptMilliseconds;
    const milliseconds = attempts * each + longestWaits(attempts);
    expect(milliseconds).toBeLessThan(secondsFor[isPatient ? "patient" : "usual"] * 1000 - 100);
  });

  it("of the web is limited too", () => {
    const fetches = sources.flatMap((text) => text.match(/\bfetch\([^;]*;/g) ?? []);
    expect(fetches.length).toBeGreaterThan(1);
    for (const text of fetches) expect(text).toMatch(/signal: AbortSignal\.timeout\(/);
  });
});
