import type { Stack } from "../../../infra/local/stack.ts";

/** Returns the output of a stack's templates that ends in this name. */
export const outputOf = ({ outputs }: Pick<Stack, "outputs">, name: string): string => {
  const found = Object.entries(outputs).find(([key]) => key.endsWith(`.${name}`));
  if (!found) throw new Error(`the templates have no output ${name}`);
  return found[1];
};
