import * as z from "zod";

const stopWith = (error: string) => ({ error, abort: true });
const absent = new Map<unknown, string>([
  [undefined, "This field is required."],
  [null, "This field may not be null."],
]);

const importedText = () =>
  z
    .string({ error: ({ input }) => absent.get(input) ?? "Not a valid string." })
    .refine((value) => value.isWellFormed(), stopWith("Not a valid string."))
    .refine((value) => !value.includes("\0"), stopWith("Null characters are not allowed."))
    .meta({ pattern: String.raw`^[^\x00]*$` });

const undecoded = "This field contains characters that can't be decoded. Send it in UTF-8.";
// API Gateway puts this character in the place of each byte that is not UTF-8. Two passwords that
// differ only in such bytes would be one.
export const text = () => importedText().refine((value) => !value.includes("\uFFFD"), stopWith(undecoded));

export const filled = (schema: z.ZodString) => schema.min(1, stopWith("This field may not be blank."));

export const atMost = (maximum: number) =>
  stopWith(`Ensure this field has no more than ${maximum} characters.`);

const controls = String.raw`\x00-\x1f\x7f-\x9f`;
// With marks that reverse text, which not all languages of generated clients can write.
const misleading = new RegExp(String.raw`[${controls}\u2028\u2029\u202A-\u202E\u2066-\u2069]`, "u");

const upTo150 = (schema: z.ZodString) => schema.trim().max(150, atMost(150));

/** Imported names stay as they were, because their owners use them already. */
export const importedName = upTo150(importedText());

export const personName = (example: string) =>
  upTo150(text())
    .refine(
      (name) => !misleading.test(name),
      "This field may not contain line breaks, control characters or text direction overrides.",
    )
    .meta({ pattern: String.raw`^\s*[^${controls}]*$`, examples: [example] });

export const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, { error: ({ input }) => `"${String(input)}" is not a valid choice.` });

export const flag = z.boolean({ error: "Must be a valid boolean." });
