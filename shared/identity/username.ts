// Django's rule for usernames. Uniqueness ignores compatibility forms and case.

const usernamePattern = /^[\p{L}\p{M}\p{N}_.@+-]+$/u;

export const isUsername = (typed: string): boolean => usernamePattern.test(typed.normalize("NFKC"));

export const shownUsername = (typed: string): string => typed.normalize("NFKC");

/** Lower-casing can produce text that is not normalised, so it is normalised again. */
export const normaliseUsername = (typed: string): string =>
  typed.normalize("NFKC").toLowerCase().normalize("NFKC");
