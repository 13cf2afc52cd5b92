/** One word in several places: operation `createToken`, file `create-token.ts`, construct `CreateToken`. */

export const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The API's id on LocalStack. */
export const localStackApiId = "litauth";
