import { dictionary } from "@zxcvbn-ts/language-common";
import { expect, it, vi } from "vitest";
import { passwordProblems } from "../../../shared/passwords/password-rules.ts";

vi.stubEnv("PRODUCT_NAME", "LIT Auth");
vi.stubEnv("PWNED_PASSWORDS_URL", "off");

it("the 3,000 most common passwords that the other rules would allow are refused [ASVS 6.2.4]", async () => {
  const common = dictionary["passwords-common"]
    .filter((one) => one.length >= 8 && !/^\d+$/.test(one))
    .slice(0, 3_000);
  expect(common).toHaveLength(3_000);
  const nobody = { username: "", email: "", firstName: "", lastName: "" };
  for (const password of common)
    expect(await passwordProblems(password, nobody), password).toContain("This password is too common.");
});
