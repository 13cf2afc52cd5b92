import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FunctionName, Grant } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { kebabCase } from "../../../infra/naming.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";

const names = Object.keys(grants) as FunctionName[];

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
    const action: Grant = { USERS_TABLE: ["GetSecretValue"] };
    expect([setting, action]).toHaveLength(2);
  });
});
