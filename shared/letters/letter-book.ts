// The texts and the look of letters. `check-letters` checks them before they are deployed.
import ar from "../../letters/ar.json" with { type: "json" };
import de from "../../letters/de.json" with { type: "json" };
import en from "../../letters/en.json" with { type: "json" };
import es from "../../letters/es.json" with { type: "json" };
import fr from "../../letters/fr.json" with { type: "json" };
import layout from "../../letters/layout.json" with { type: "json" };
import type { Locale } from "../identity/locale.ts";
import type { LetterName } from "./letter-names.ts";
import type { LetterLayout, LetterText } from "./letter-schemas.ts";

type Texts = Partial<Record<LetterName, LetterText>>;

/** English is complete. What another language lacks falls back (see `render-letter`). */
export type LetterBook = {
  texts: { en: Required<Texts> } & Record<Locale, Texts>;
  layout: LetterLayout;
};

export const letterBook: LetterBook = { texts: { en, de, fr, es, ar }, layout };
