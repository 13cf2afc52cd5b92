import { describe, expect, it } from "vitest";
import { passwordFrom } from "../../../commands/ask-password.ts";

const read = (...parts: (string | number[])[]) =>
  passwordFrom(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

describe("password from a pipe", () => {
  it.each([
    ["six quiet otters"],
    ["six quiet otters\n"],
    ["six quiet otters\r\n"],
    ["six quiet otters\nsix quiet otters"],
    ["six quiet otters\r\nsix quiet otters\n"],
    ["\ufeffsix quiet otters\n"],
  ])("is one line: %j", (piped) => {
    expect(read(piped)).toBe("six quiet otters");
  });

  it("keeps its spaces and letters of any script", () => {
    for (const password of [
      " six  otters ",
      "e\u0301te\u0301 à la mer",
      "\u{1f468}\u200d\u{1f467} दो क्षण",
      "ÅÉ€ß",
    ])
      expect(read(`${password}\n`)).toBe(password);
  });

  it.each([
    ["", "Pipe in one line"],
    ["\n", "Pipe in one line"],
    ["\r\n", "Pipe in one line"],
    ["\ufeff", "Pipe in one line"],
    ["\ufeff\n", "Pipe in one line"],
    ["\n\n", "may not be blank"],
    ["six quiet otters\n\n", "exactly one line"],
    ["\nsix quiet otters\n", "exactly one line"],
    ["six quiet otters\nseven quiet otters\n", "exactly one line"],
    ["six quiet otters\nsix quiet otters\nsix quiet otters", "exactly one line"],
    ["six quiet otters\nsix quiet otters ", "exactly one line"],
    ["x".repeat(4_097), "4096 bytes"],
    ["six\0otters", "Null characters"],
    ["six\tquiet otters", "can't be typed"],
    ["six quiet\rotters", "can't be typed"],
    ["six quiet\u0085otters", "can't be typed"],
    ["six quiet\u2028otters", "can't be typed"],
    ["six quiet \u001b[Dotters", "can't be typed"],
    ["six \ufeffquiet otters", "can't be typed"],
    ["\ufeff\ufeffsix quiet otters", "can't be typed"],
  ])("is refused in one sentence: %j", (piped, reason) => {
    expect(() => read(piped)).toThrow(new RegExp(`^Password: .*${reason}.* Nothing was changed\\.$`));
  });

  it("is refused where bytes are not UTF-8, or were replaced before", () => {
    for (const bytes of [[0xa3], [0x80], [0xc3], [0xed, 0xa0, 0x80], [0xff, 0xfe, 0x61, 0x00]])
      expect(() => read("six quiet otters", bytes)).toThrow("Password: It is not UTF-8.");
    expect(() => read("six quiet otters \ufffd")).toThrow(/^Password: /);
  });
});
