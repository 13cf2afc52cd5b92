// What an account says about its person, besides username and address. An attribute is one entry
// here: bodies, answers, items, files of users and the admin page are derived from it.
import type { Attribute } from "./attribute.ts";
import { localeOf, locales, localeTag, longestTag } from "../identity/locale.ts";
import { choice, importedName, personName, text } from "../identity/text-rules.ts";

/** Each name is that of the API. In items, it is in camel case. */
export const userAttributes = {
  first_name: {
    label: "First name",
    schema: personName("Ada"),
    imported: importedName,
    default: "",
    writtenBy: "person",
    shownTo: "person",
  },
  last_name: {
    label: "Last name",
    schema: personName("Lovelace"),
    imported: importedName,
    default: "",
    writtenBy: "person",
    shownTo: "person",
  },
  locale: {
    label: "Language of emails",
    schema: text()
      .overwrite((tag) => (localeTag.test(tag) && localeOf(tag)) || tag)
      .pipe(choice(locales))
      .meta({
        pattern: localeTag.source,
        maxLength: longestTag,
        description: `The language of emails: ${locales.join(", ")}. A region or script is ignored`,
        examples: ["de"],
      }),
    choices: { en: "English", de: "German", fr: "French", es: "Spanish", ar: "Arabic" },
    writtenBy: "person",
    shownTo: "person",
  },
} as const satisfies Record<string, Attribute>;
