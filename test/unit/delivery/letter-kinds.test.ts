import { describe, expect, it } from "vitest";
import { isUnproven } from "../../../shared/delivery/letter-kinds.ts";
import { letterNames } from "../../../shared/letters/letter-names.ts";

describe("kinds of letters", () => {
  it("are unproven if a registration causes them", () => {
    expect(letterNames.filter((name) => isUnproven(name, true))).toEqual([
      "activation",
      "activation_replaced",
      "address_taken",
    ]);
    expect(letterNames.filter((name) => isUnproven(name, false))).toContain("password_reset");
  });
});
