export type Option = { help: string; value?: string };

export type Usage = {
  does: string;
  /** What is named without an option: its form, a sentence that asks for it, and the known acts. */
  operands?: { form: string; ask: string; count?: number; acts?: readonly string[] };
  options?: Record<string, Option>;
  examples: readonly string[];
  /** The meaning of exit status 1, if it is not only a failure. */
  failure?: string;
};

export const stage = {
  value: "name",
  help: "Work on this deployed stage, with your AWS credentials. By default, on the local stack of this folder.",
};
export const refused = "at least one line was refused, or the command failed. The output says why.";
