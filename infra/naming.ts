/** One word in several places: operation `createToken`, file `create-token.ts`, construct `CreateToken`. */

export const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * The name of a function in AWS. It is fixed, so that the `Api` stack can name a function without
 * importing it: while another stack imports a function, no deployment can remove it. CloudFormation
 * refuses a name that exists, so an operation that changes between staff and others is removed in
 * one deployment and added in the next.
 */
export const functionName = (stage: string, name: string): string => `lit-auth-${stage}-${kebabCase(name)}`;

/** The API's id on LocalStack. */
export const localStackApiId = "litauth";
