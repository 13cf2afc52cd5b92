/** Django's rule for usernames, and the key under which a username is unique: compatibility forms and case do not count. */

const usernamePattern = /^[\p{L}\p{M}\p{N}_.@+-]+$/u;

export const isUsername = (typed: string): boolean => usernamePattern.test(typed.normalize("NFKC"));

export const shownUsername = (typed: string): string => typed.normalize("NFKC");

export const normaliseUsername = (typed: string): string =>
  typed.normalize("NFKC").toLowerCase().normalize("NFKC");
