// Fields of requests and responses. Clients match on Django REST framework's error sentences.
import * as z from "zod";
import { isAddress } from "../identity/email-address.ts";
import { instantOf, notAnInstant } from "../identity/instant.ts";
import { localeOf, locales } from "../identity/locale.ts";
import { isDjangoUsername, isUsername, shownUsername } from "../identity/username.ts";
import { delivery } from "./delivery-schema.ts";

const text = () =>
  z
    .string({
      error: ({ input }) =>
        input === undefined
          ? "This field is required."
          : input === null
            ? "This field may not be null."
            : "Not a valid string.",
    })
    .refine((value) => value.isWellFormed(), { error: "Not a valid string.", abort: true })
    .refine((value) => !value.includes("\0"), { error: "Null characters are not allowed.", abort: true });

const filled = (schema: z.ZodString) => schema.min(1, { error: "This field may not be blank.", abort: true });

const atMost = (maximum: number) => ({
  error: `Ensure this field has no more than ${maximum} characters.`,
  abort: true,
});

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
export const username = usernameThat(isUsername).meta({ examples: ["ada"] });
export const importedUsername = usernameThat(isDjangoUsername);

/** A password is neither trimmed nor truncated (ASVS 6.2.8). */
export const password = filled(text()).meta({
  format: "password",
  examples: ["correct horse battery staple"],
});

/** `password-rules` checks these rules. The description is for readers of `openapi.yaml`. */
export const chosenPassword = password.meta({
  description:
    "8 to 128 characters of any kind, not only digits. It must not be a common password or similar to the username, names, email address or the product's name",
});
export const newPassword = chosenPassword.meta({ examples: ["nine quiet otters by the lake"] });

// Control characters, line and paragraph separators, and marks that reverse the text around them.
const misleading = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** Imported names stay as they were, because their owners use them already. */
export const importedName = text().trim().max(150, atMost(150));

const personName = (example: string) =>
  importedName
    .refine(
      (name) => !misleading.test(name),
      "This field may not contain line breaks, control characters or text direction overrides.",
    )
    .meta({ examples: [example] });

export const firstName = personName("Ada");
export const lastName = personName("Lovelace");

export const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, { error: ({ input }) => `"${String(input)}" is not a valid choice.` });

export const locale = text()
  .overwrite((tag) => localeOf(tag) ?? tag)
  .pipe(choice(locales))
  .meta({
    description: `The language of emails: ${locales.join(", ")}. A region or script is ignored`,
    examples: ["de"],
  });

export const newEmail = email.meta({ examples: ["ada.lovelace@example.org"] });

export const shortCode = filled(text())
  .overwrite((typed) => typed.replace(/[\s-]/g, ""))
  .refine((code) => /^[0-9]{6}$/.test(code), "Enter the 6 digits of the code.")
  .meta({ description: "Six digits, with or without the space", examples: ["123 456"] });

export const longCode = filled(text())
  .overwrite((typed) => typed.replace(/[\s-]/g, "").toUpperCase())
  .refine((code) => /^[A-Z2-7]{16}$/.test(code), "Enter the 16 characters of the code.")
  .meta({
    description: "Sixteen letters and digits, upper or lower case, with or without the hyphens",
    examples: ["ABCD-EFGH-IJKL-MNOP"],
  });

export const token = filled(text()).meta({ examples: ["eyJhbGciOiJSUzI1NiIsImtpZCI6…"] });

// Other text could make the service's firewall refuse our call, which would look like an outage.
export const challengeToken = text()
  .max(4_096, atMost(4_096))
  .regex(/^[\w.~:+/=-]*$/, "Enter the token of the challenge.")
  .meta({
    description:
      "The token of a solved challenge against robots. It is needed after the refusals challenge_required and challenge_failed, and ignored otherwise",
    examples: ["0.EXAMPLE-TOKEN-OF-THE-WIDGET"],
  });

const shownLocale = z
  .enum(locales)
  .meta({ description: "The language of emails, if it is known", examples: ["de"] });
export const knownLocale = shownLocale.nullable();

export const user = z
  .object({
    username: z.string().meta({ examples: ["ada"] }),
    first_name: z.string().meta({ examples: ["Ada"] }),
    last_name: z.string().meta({ examples: ["Lovelace"] }),
    email: z.string().meta({ examples: ["ada@example.com"] }),
    id: z.string().meta({ examples: ["0b8f2f3e-5a35-4d0e-9b62-6f1f5f1d7c11"] }),
    locale: shownLocale.optional(),
  })
  .meta({ id: "User" });

export const tokenPair = z
  .object({
    refresh: z.string().meta({ examples: ["eyJhbGciOiJSUzI1NiIsImtpZCI6…"] }),
    access: z.string().meta({ examples: ["eyJhbGciOiJSUzI1NiIsImtpZCI6…"] }),
  })
  .meta({ id: "TokenPair" });

const time = (example: string) => z.iso.datetime().meta({ examples: [example] });

export const session = z
  .object({
    id: z.string().meta({ examples: ["5f0c1f0a-58a7-4c39-9a55-0a4f7f3c8f11"] }),
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

/** A subset of OpenID Connect Discovery: there are no id tokens and no authorization endpoint. */
export const discovery = z.object({
  issuer: z.string().meta({ examples: ["https://auth.example.com"] }),
  jwks_uri: z.string().meta({ examples: ["https://auth.example.com/.well-known/jwks.json"] }),
  claims_supported: z.array(z.string()).meta({ examples: [["sub", "iss", "aud"]] }),
});

export const search = (maximum: number) => text().trim().max(maximum, atMost(maximum));

export const instant = search(40)
  .overwrite((typed) => instantOf(typed) ?? typed)
  .refine((time) => instantOf(time) !== undefined, notAnInstant);

export const flag = z.boolean({ error: "Must be a valid boolean." });

export const adminUser = user
  .extend({
    state: z.enum(["active", "disabled", "pending"]),
    is_active: z.boolean(),
    is_staff: z.boolean(),
    created: time("2026-11-22T20:15:00.000Z"),
    locale: knownLocale,
    address_move: z
      .object({
        new_email: z.string().meta({ examples: ["ada.lovelace@example.org"] }),
        started_by: z
          .string()
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
