import { variables } from "../shared/platform/environment.ts";

const areHostnames = (text: string) =>
  text.split(",").every((item) => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(item.trim()));

/** Part of `settingsTable`: services outside AWS that functions may call. */
export const outsideServices = {
  PWNED_PASSWORDS_URL: {
    schema: variables.PWNED_PASSWORDS_URL,
    fallback: "off",
    help: "Refuse passwords known from breaches: https://api.pwnedpasswords.com/range/, or off. The service receives five characters of the password's hash, never the password. If it can't be reached, passwords are accepted.",
  },
  CHALLENGE_VERIFY_URL: {
    schema: variables.CHALLENGE_VERIFY_URL,
    fallback: "off",
    help: "A check against robots: the URL at which a service such as Turnstile, hCaptcha or reCAPTCHA verifies tokens, for example https://challenges.cloudflare.com/turnstile/v0/siteverify, or off. The service receives the token and your secret key, never the caller's IP or email address. The stack makes a secret for the key (0.40 USD a month), in which you put it.",
  },
  CHALLENGE_HOSTNAMES: {
    schema: variables.CHALLENGE_HOSTNAMES.refine(
      areHostnames,
      "must be host names separated by commas, without https:// and paths",
    ).optional(),
    fallback: null,
    help: "Required with CHALLENGE_VERIFY_URL. The host names of the pages that show the challenge, separated by commas. Tokens from other pages are refused.",
  },
  CHALLENGE_FREE_PER_NETWORK_PER_HOUR: {
    schema: variables.CHALLENGE_FREE_PER_NETWORK_PER_HOUR,
    fallback: "5",
    help: "How many registrations, and how many password resets, one network may ask for in an hour without a challenge. Registrations also need one when half of UNPROVEN_LETTERS_OF_ALL_PER_HOUR is used. 0 means always.",
  },
  CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: {
    schema: variables.CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER,
    fallback: "refuse",
    help: "What happens to registrations that need a challenge while the service can't be reached: refuse (answer 503) or allow. Registrations that need none go on in both cases, and resets always go on.",
  },
} as const;
