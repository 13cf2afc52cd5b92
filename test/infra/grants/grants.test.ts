import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allOf, groupedByKinds } from "../../../infra/grants/actions-on-kinds.ts";
import type { FunctionName, Grant } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { kebabCase } from "../../../infra/naming.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";

const names = Object.keys(grants) as FunctionName[];

describe("actions on kinds", () => {
  it("are put together action by action", () => {
    const together = allOf(
      { GetItem: ["user"], PutItem: ["email"] },
      { GetItem: ["pending", "user"], QueryIndexes: true },
    );
    expect(together).toEqual({ GetItem: ["user", "pending"], PutItem: ["email"], QueryIndexes: true });
  });

  it("share a statement with actions on the same kinds only", () => {
    const rights = { GetItem: ["user", "email"], PutItem: ["email"], Query: ["email", "user"] } as const;
    expect(groupedByKinds({ ...rights, DeleteItem: [], QueryIndexes: true })).toEqual([
      { actions: ["GetItem", "Query"], kinds: ["email", "user"] },
      { actions: ["PutItem"], kinds: ["email"] },
    ]);
  });
});

describe("grants", () => {
  it("list each file in functions/, and nothing else [ASVS 6.3.4]", () => {
    const fileOf = (name: FunctionName) => {
      const { caller }: Partial<Operation> =
        Object.entries<Operation>(contract).find(([one]) => one === name)?.[1] ?? {};
      return `functions/${caller === "staff" ? "admin/" : ""}${kebabCase(name)}.ts`;
    };
    expect(globSync("functions/**/*.ts").toSorted()).toEqual(names.map(fileOf).toSorted());
  });

  it("refuse unknown settings and actions at compile time", () => {
    // `npm run types` is the test: it fails if one of these lines compiles.
    // @ts-expect-error: PRODUCT_NAMES is not a variable
    const setting: Grant = { settings: ["PRODUCT_NAMES"] };
    // @ts-expect-error: tables have no GetSecretValue
    const action: Grant = { SESSIONS_TABLE: ["GetSecretValue"] };
    // @ts-expect-error: a scan names no kind
    const scan: Grant = { USERS_TABLE: { Scan: ["user"] } };
    // @ts-expect-error: counters are in the table Limits
    const kind: Grant = { USERS_TABLE: { GetItem: ["limit"] } };
    // @ts-expect-error: an action without kinds would reach every item
    const every: Grant = { USERS_TABLE: ["GetItem"] };
    expect([setting, action, scan, kind, every]).toHaveLength(5);
  });
});
