/** Limits for local use. Limits of guesses per address are not settings, so they apply here too. */
export const generousLimits = {
  UNPROVEN_LETTERS_PER_TEN_MINUTES: "1000",
  UNPROVEN_LETTERS_PER_HOUR: "10000",
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: "1000000",
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: "1000000",
  UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: "1000000",
  TRIES_PER_NETWORK_PER_TEN_MINUTES: "1000000",
};
