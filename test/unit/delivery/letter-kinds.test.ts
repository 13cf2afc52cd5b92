import { describe, expect, it } from "vitest";
import { isUnproven } from "../../../shared/delivery/letter-kinds.ts";
import { letterNames } from "../../../shared/letters/letter-names.ts";

describe("kinds of letters", () => {
  it("are unproven if a registration causes them", () => {
    const ofRegistrations = ["activation", "activation_replaced", "address_taken"];
    expect(letterNames.filter((name) => isUnproven(name, false))).toEqual(ofRegistrations);
  });

  it("are unproven beside a registration if anyone can cause them", () => {
    const unproven = letterNames.filter((name) => isUnproven(name, true));
    expect(unproven).toEqual([
      "activation",
      "activation_replaced",
      "password_reset",
      "address_taken",
      "address_held",
    ]);
  });
});
