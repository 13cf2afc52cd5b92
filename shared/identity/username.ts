// Django's rule for usernames, without letters that are invisible. Uniqueness ignores compatibility
// forms and case.
import { randomBytes } from "node:crypto";

const djangoPattern = /^[\p{L}\p{M}\p{N}_.@+-]+$/u;
/** What `openapi.yaml` says of a username: not all languages of clients have \p in patterns. */
export const usernameOutline = /^\s*[^\s!"#$%&'()*,/:;<=>?[\\\]^`{|}~]+\s*$/;
const invisible = /^\p{M}|\p{Default_Ignorable_Code_Point}/u;

export const isDjangoUsername = (typed: string): boolean => djangoPattern.test(typed.normalize("NFKC"));

export const isUsername = (typed: string): boolean =>
  isDjangoUsername(typed) && !invisible.test(typed.normalize("NFKC"));

export const shownUsername = (typed: string): string => typed.normalize("NFKC");

/** The key that accounts have that took their name before case was folded (`ß` was not `ss`). */
export const earlierUsernameKey = (typed: string): string =>
  typed.normalize("NFKC").toLowerCase().normalize("NFKC");

/**
 * Folds case fully, so that `ß` equals `ss`. Lower-cases letter by letter, because lower-casing a
 * word spells its last sigma differently.
 */
export const usernameKey = (typed: string): string =>
  [...typed.normalize("NFKC").toLowerCase().toUpperCase()]
    .map((letter) => letter.toLowerCase())
    .join("")
    .normalize("NFKC");

export const neutralUsername = (): string => `user_${randomBytes(6).toString("hex")}`;
