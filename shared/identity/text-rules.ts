import * as z from "zod";

export const text = () =>
  z
    .string({
      error: ({ input }) =>
        input === undefined
          ? "This field is required."
          : input === null
            ? "This field may not be null."
            : "Not a valid string.",
    })
    .refine((value) => value.isWellFormed(), { error: "Not a valid string.", abort: true })
    .refine((value) => !value.includes("\0"), { error: "Null characters are not allowed.", abort: true });

export const filled = (schema: z.ZodString) =>
  schema.min(1, { error: "This field may not be blank.", abort: true });

export const atMost = (maximum: number) => ({
  error: `Ensure this field has no more than ${maximum} characters.`,
  abort: true,
});

// Control characters, line and paragraph separators, and marks that reverse the text around them.
const misleading = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** Imported names stay as they were, because their owners use them already. */
export const importedName = text().trim().max(150, atMost(150));

export const personName = (example: string) =>
  importedName
    .refine(
      (name) => !misleading.test(name),
      "This field may not contain line breaks, control characters or text direction overrides.",
    )
    .meta({ examples: [example] });

export const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, { error: ({ input }) => `"${String(input)}" is not a valid choice.` });

export const flag = z.boolean({ error: "Must be a valid boolean." });
