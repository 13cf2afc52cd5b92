import { inject } from "vitest";

/** DynamoDB Local takes several times as long, and its answers seldom differ. */
export const runs = (count: number): number =>
  inject("engineName") === "dynamodb-local" ? Math.ceil(count / 4) : count;
