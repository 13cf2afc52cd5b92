import * as z from "zod";

export const letterText = z.strictObject({ subject: z.string(), paragraphs: z.array(z.string()) });
export type LetterText = z.output<typeof letterText>;

const colour = z.string().regex(/^#[0-9a-f]{6}$/i, "a colour is # and six hexadecimal digits");
const colours = z.strictObject({ background: colour, text: colour, accent: colour, code: colour });
export type Colours = z.output<typeof colours>;

export const letterLayout = z.strictObject({
  logo: z.string().optional(),
  footer: z.string().optional(),
  light: colours,
  dark: colours,
});
export type LetterLayout = z.output<typeof letterLayout>;
