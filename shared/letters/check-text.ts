// The rules for every text of an owner. Each problem continues a sentence that names its place.
/** Without the joiners and the variant of some scripts and emojis. */
const invisible = /[\p{Cc}\u2028\u2029]|(?!\p{Join_Control}|\ufe0f)\p{Default_Ignorable_Code_Point}/u;
const markup = /[<>&`*_#|~[\]\\]/;
// Mail programs make links of domains, schemes and IP addresses by themselves.
const link =
  /\/\/|[\p{L}\p{M}\p{N}\p{Join_Control}}][.\u3002\uff0e\uff61]\p{L}[\p{L}\p{M}]|[\p{L}}]:\S|\d+\.\d+\.\d+/u;

type Limits = { allowed: readonly string[]; longest: number };

const listed = (placeholders: readonly string[]): string =>
  placeholders.map((name) => `{${name}}`).join(", ");

const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);

export const problemsOfText = (text: string, { allowed, longest }: Limits): string[] => {
  const words = text.replaceAll(/\{[^{}]*\}/g, "");
  const unknown = placeholdersIn(text).filter((name) => !allowed.includes(name));
  const sign = markup.exec(words)?.[0];
  const address = /[@\uff20]/.exec(words)?.[0];
  return [
    ...(text.trim() === "" || text !== text.trim() ? ["is empty or begins or ends with a space"] : []),
    ...unknown.map((name) => `uses {${name}}, but can only use ${listed(allowed)}`),
    ...(/[{}]/.test(words) ? ["has a brace that belongs to no placeholder"] : []),
    ...(sign === undefined ? [] : [`contains ${sign}, but letters are plain text without markup`]),
    ...(address === undefined ? [] : [`contains ${address}, but letters contain no email address`]),
    ...(link.test(text) ? ["contains something that mail programs turn into a link"] : []),
    ...(invisible.test(text) ? ["contains an invisible character"] : []),
    ...(words.length > longest
      ? [`has ${words.length} characters without its placeholders, ${longest} at most`]
      : []),
  ];
};
