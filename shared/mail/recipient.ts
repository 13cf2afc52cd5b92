import type { Locale } from "../identity/locale.ts";

/** `addressKey` is the pseudonym in SES's message tags, which comes back with a bounce. */
export type Recipient = { email: string; addressKey: string; locale?: Locale | undefined };
