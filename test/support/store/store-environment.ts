// Setup file: gives the stores the environment variables that Lambda would, and skips their tests
// where there is no engine.
import { beforeEach, inject } from "vitest";

Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: inject("engineAccessKeyId"),
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_ENDPOINT_URL_DYNAMODB: inject("engineUrl"),
  HISTORY_DAYS: "90",
  SESSION_IDLE_SECONDS: "604800",
  SESSION_LIFETIME_SECONDS: "2592000",
  ...inject("storeEnvironment"),
});

beforeEach(({ skip }) => {
  skip(inject("engineUrl") === "", "this machine cannot run the engine (the setup said why)");
});
