import * as z from "zod";

type Scalar = string | number | boolean;

export type Attribute = {
  readonly label: string;
  /** Judges what is typed. It must accept what it returns, because stored values pass it again. */
  readonly schema: z.ZodType<Scalar>;
  /** Replaces `schema` in `users:import`, where a value may be older than a rule. */
  readonly imported?: z.ZodType<Scalar>;
  /** Without one, the attribute can be unset, by `null`. */
  readonly default?: Scalar;
  /** Staff may also write what the person may, and the import may write all. */
  readonly writtenBy: "person" | "staff" | "import";
  /** Staff and both exports see all. */
  readonly shownTo: "person" | "staff";
  readonly listed?: true;
  /** What the admin page calls the values of an enum. */
  readonly choices?: Readonly<Record<string, string>>;
};

/** Of an earlier text, the rules may have changed since. Other values must still be possible. */
export type ValueSchema<S extends z.ZodType> = S extends { def: { type: "string" } } ? z.ZodString : S;

export const valueSchema = (schema: z.ZodType): z.ZodType => {
  if (schema.def.type !== "string") return schema;
  const { description, examples } = schema.meta() ?? {};
  return z.string().meta({ description, examples });
};

export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

export const camelCase = <Name extends string>(name: Name) =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<Name>;
