// Reads paths of names only, and puts values only where JSON has a value, not into texts.
import * as z from "zod";
import { isObject, type JsonObject } from "../aws/json.ts";

/** Returns undefined if the result is not JSON. Then EventBridge invokes nothing. */
export type InputTransformer = (event: JsonObject) => string | undefined;

const pathSchema = z
  .string()
  .regex(/^\$(\.[\w-]+)+$/, "only paths of names are supported locally")
  .transform((path) => path.split(".").slice(1));
const transformerSchema = z.strictObject({
  InputPathsMap: z.record(z.string(), pathSchema).default({}),
  InputTemplate: z.string(),
});
const variables = /<([^<>]+)>/g;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const valueAt = (event: unknown, path: readonly string[]): unknown =>
  path.reduce((value, name) => (isObject(value) ? value[name] : undefined), event);

export const parseInputTransformer = (properties: unknown): InputTransformer => {
  const { InputPathsMap: paths, InputTemplate: template } = transformerSchema.parse(properties);
  // Inside a text, the quotes would end it, so this finds variables there too.
  if (!isJson(template.replace(variables, '"$1"')))
    throw new Error(`the input template ${template} is not supported locally`);
  for (const [, name = ""] of template.matchAll(variables))
    if (!(name in paths)) throw new Error(`the input template has no path for ${name}`);
  return (event) => {
    const text = template.replace(variables, (_, name: string) => {
      const value = valueAt(event, paths[name] ?? []);
      // A variable without a value is left out, also where the template needs one.
      return value === undefined ? "" : JSON.stringify(value);
    });
    return isJson(text) ? text : undefined;
  };
};
