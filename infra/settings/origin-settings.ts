import * as z from "zod";

const items = (text: string): string[] => text.split(",").map((item) => item.trim());

const problemOfOrigin = (
  text: string,
  position: number,
  { length }: readonly string[],
): string | undefined => {
  const which = length === 1 ? "The origin" : `Origin ${position + 1}`;
  if (text === "") return `${which} is empty. Separate origins by single commas.`;
  if (text === "*") return "Either * alone or a list of origins: they can't be mixed.";
  if (text.includes("*")) return `${which} has a *, which is no pattern here. List each origin.`;
  if (text === "null")
    return `${which} is null, which sandboxed pages and files of every website send. Serve the page over HTTP.`;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return `${which} must begin with https:// or http:// and name a host.`;
  const { origin, href } = new URL(text);
  if (text === origin) return undefined;
  // A path, a query or a name before an @.
  if (href !== `${origin}/` || text.endsWith("/"))
    return `${which} must end after the host or port, without a path or a slash.`;
  return `${which} must be written as browsers send it: host in lower case and ASCII, no default port.`;
};

/** Trims the spaces, because functions compare the header with each item. */
export const originList = (schema: z.ZodString) =>
  schema
    .overwrite((text) => items(text).join(","))
    .superRefine((text, context) => {
      if (text === "*") return;
      for (const problem of new Set(items(text).map(problemOfOrigin)))
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    });

const problemOfHeader = (name: string): string | undefined => {
  if (name === "*") return "* can't be used, because it does not cover Authorization. List the names.";
  // API Gateway puts the list between single quotes, which are allowed in names by RFC 9110.
  return /^[\w.-]+$/.test(name)
    ? undefined
    : "Names of headers have letters, digits, hyphens, underscores and dots, with single commas between them.";
};

export const headerList = z
  .string()
  .overwrite((text) => items(text).join(","))
  .superRefine((text, context) => {
    for (const problem of new Set(items(text).map(problemOfHeader)))
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .optional();
