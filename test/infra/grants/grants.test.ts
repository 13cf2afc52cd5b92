import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FunctionName, Grant } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { kebabCase } from "../../../infra/naming.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";

const names = Object.keys(grants) as FunctionName[];

describe("grants", () => {
  it("every row of the sheet has its file, and every file its row [ASVS 6.3.4]", () => {
    const fileOf = (name: FunctionName) => {
      const { caller }: Partial<Operation> =
        Object.entries<Operation>(contract).find(([one]) => one === name)?.[1] ?? {};
      return `functions/${caller === "staff" ? "admin/" : ""}${kebabCase(name)}.ts`;
    };
    expect(globSync("functions/**/*.ts").toSorted()).toEqual(names.map(fileOf).toSorted());
  });

  it("an unknown setting or action does not compile", () => {
    // @ts-expect-error: PRODUCT_NAMES is no variable
    const setting: Grant = { settings: ["PRODUCT_NAMES"] };
    // @ts-expect-error: a table knows no GetSecretValue
    const action: Grant = { USERS_TABLE: ["GetSecretValue"] };
    expect([setting, action]).toHaveLength(2);
  });
});
