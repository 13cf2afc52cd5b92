// Fields of requests and responses. Clients match on Django REST framework's error sentences.
import * as z from "zod";
import { isAddress } from "../identity/email-address.ts";
import { instantOf, instantPattern, notAnInstant } from "../identity/instant.ts";
import { atMost, filled, text } from "../identity/text-rules.ts";
import { readCode, readLongCode, readShortCode } from "../identity/typed-code.ts";
import { isDjangoUsername, isUsername, shownUsername, usernameOutline } from "../identity/username.ts";
import { allAttributes, attributesForPerson } from "../attributes/attribute-schemas.ts";
import { delivery } from "./delivery-schema.ts";

export const email = filled(text().trim())
  .max(254, atMost(254))
  .refine(isAddress, "Enter a valid email address.")
  .meta({ format: "email", examples: ["ada@example.com"] });

const usernameThat = (isValid: (typed: string) => boolean) =>
  filled(text().trim())
    // Runs before the length check: one compatibility character can expand to many.
    .overwrite(shownUsername)
    .max(150, atMost(150))
    .refine(
      isValid,
      "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
    );
export const username = usernameThat(isUsername).meta({
  description: "Letters and digits of any script, and @ . + - _",
  pattern: usernameOutline.source,
  examples: ["ada"],
});
export const importedUsername = usernameThat(isDjangoUsername);

/** Neither trimmed nor truncated (ASVS 6.2.8). Imported ones may be longer than chosen ones. */
const anyPassword = filled(text()).meta({
  format: "password",
  examples: ["correct horse battery staple"],
});

export const password = anyPassword.max(4_096, atMost(4_096));

export const shortestChosenPassword = 8;
export const longestChosenPassword = 128;

/** `password-rules` checks these rules, with Django's sentences. This is for `openapi.yaml`. */
export const chosenPassword = anyPassword.meta({
  minLength: shortestChosenPassword,
  maxLength: longestChosenPassword,
  description:
    "Characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name",
});
export const newPassword = chosenPassword.meta({ examples: ["nine quiet otters by the lake"] });

export const newEmail = email.meta({ examples: ["ada.lovelace@example.org"] });

const longestPastedLetter = 4_000;
const typedCode = (characters: number) =>
  filled(text()).max(longestPastedLetter, atMost(longestPastedLetter)).meta({ minLength: characters });

export const shortCode = typedCode(6)
  .overwrite((typed) => readShortCode(typed) ?? typed)
  .refine((code) => /^[0-9]{6}$/.test(code), "Enter the 6 digits of the code.")
  .meta({
    description: "Six digits of any script, with or without the space or the sentence around it",
    examples: ["123 456"],
  });

export const activationCode = typedCode(6)
  .overwrite((typed) => readCode(typed) ?? typed)
  .refine((code) => /^(?:[0-9]{6}|[A-Z2-7]{16})$/.test(code), {
    error: ({ input }) =>
      /[a-z].{8}|.{8}[a-z]/i.test(String(input))
        ? "Enter the 16 characters of the code."
        : "Enter the 6 digits of the code.",
  })
  .meta({
    description: "Six digits or, for an invitation, sixteen letters and digits, as in the email",
    examples: ["123 456"],
  });

export const longCode = typedCode(16)
  .overwrite((typed) => readLongCode(typed) ?? typed)
  .refine((code) => /^[A-Z2-7]{16}$/.test(code), "Enter the 16 characters of the code.")
  .meta({
    description: "Sixteen letters and digits, upper or lower case, with or without the hyphens",
    examples: ["ABCD-EFGH-IJKL-MNOP"],
  });

const exampleToken = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwYjhmMmYzZSJ9.c2lnbmF0dXJl";

/** Another text is refused as a token that isn't valid (401) and not by field. */
export const token = filled(text().trim()).meta({
  pattern: String.raw`^\s*[\w-]+\.[\w-]+\.[\w-]+\s*$`,
  maxLength: 8_192,
  examples: [exampleToken],
});

// Other text could make the service's firewall refuse our call, which would look like an outage.
export const challengeToken = text()
  .trim()
  .max(4_096, atMost(4_096))
  .refine((token) => /^[\w.~:+/=-]*$/.test(token), "Enter the token of the challenge.")
  .meta({
    pattern: String.raw`^\s*[\w.~:+/=-]*\s*$`,
    description:
      "The token of a solved challenge against robots. It is needed after the refusals challenge_required and challenge_failed, and ignored otherwise",
    examples: ["0.EXAMPLE-TOKEN-OF-THE-WIDGET"],
  });

/** Only described as a UUID: an answer with another id must not become an error. */
const id = (example: string) => z.string().meta({ format: "uuid", examples: [example] });

export const user = z
  .object({
    username: z.string().meta({ examples: ["ada"] }),
    ...attributesForPerson,
    email: z.string().meta({ examples: ["ada@example.com"] }),
    id: id("0b8f2f3e-5a35-4d0e-9b62-6f1f5f1d7c11"),
  })
  .meta({ id: "User" });

export const tokenPair = z
  .object({
    refresh: z.string().meta({ examples: [exampleToken] }),
    access: z.string().meta({ examples: [exampleToken] }),
  })
  .meta({ id: "TokenPair" });

const time = (example: string) => z.iso.datetime().meta({ examples: [example] });

export const session = z
  .object({
    id: id("5f0c1f0a-58a7-4c39-9a55-0a4f7f3c8f11"),
    created: time("2026-11-22T20:15:00.000Z"),
    last_used: time("2026-11-22T21:40:00.000Z"),
    device: z.string().meta({ examples: ["Firefox on Linux"] }),
    current: z.boolean(),
  })
  .meta({ id: "Session" });

export const publicKey = z
  .object({
    kty: z.literal("RSA"),
    n: z.string().meta({ examples: ["0vx7agoebGcQSuu…"] }),
    e: z.string().meta({ examples: ["AQAB"] }),
    kid: z.string().meta({ examples: ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"] }),
    alg: z.literal("RS256"),
    use: z.literal("sig"),
  })
  .meta({ id: "PublicKey" });

export const cursor = z.string().meta({ pattern: "^[A-Za-z0-9_-]+$", minLength: 51, maxLength: 1_050 });

export const search = (maximum: number) => text().trim().max(maximum, atMost(maximum));

export const instant = search(40)
  .overwrite((typed) => instantOf(typed) ?? typed)
  .refine((time) => instantOf(time) !== undefined, notAnInstant)
  .meta({ pattern: instantPattern });

export const adminUser = user
  .extend({
    ...allAttributes,
    state: z.enum(["active", "disabled", "pending"]),
    is_active: z.boolean(),
    is_staff: z.boolean(),
    invited: z.boolean().meta({ description: "Invited by an administrator and not activated yet" }),
    created: time("2026-11-22T20:15:00.000Z"),
    last_sign_in: time("2026-11-22T21:40:00.000Z").nullable().meta({ description: "`null` if never" }),
    address_move: z
      .object({
        new_email: z.string().meta({ examples: ["ada.lovelace@example.org"] }),
        started_by: id("5f0c1f0a-58a7-4c39-9a55-0a4f7f3c8f11")
          .nullable()
          .meta({ description: "An administrator, or `null` for an operator" }),
        due: time("2026-11-25T20:15:00.000Z"),
        confirmed: z.boolean(),
      })
      .nullable()
      .meta({ description: "The waiting change to another mailbox, which freezes the account" }),
    delivery: delivery
      .nullable()
      .meta({ description: "`null` for a registration, because its address is not proven" }),
  })
  .meta({ id: "AdminUser" });
