// Settings of the SES identity that letters leave from, and of what a stage is restored from.
import * as z from "zod";

const domainName = z
  .string()
  .regex(/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i, "use a domain's name");

export const deploySettings = {
  SES_IDENTITY: {
    schema: z.enum(["create", "existing"]),
    fallback: "create",
    help: "create: the stack Sender creates the SES identity, and fails if it exists already. existing: you or another tool made it, and no stack needs to. A change from create to existing leaves the identity and the stack Sender as they are.",
  },
  MAIL_FROM_DOMAIN: {
    schema: domainName.optional(),
    fallback: null,
    help: "The domain that bounces return to, so that SPF is about your domain. Nothing else may send or receive emails there. It must be below MAIL_IDENTITY. Default: bounce. before MAIL_IDENTITY, if that is a domain that the stack Sender creates. Until its DNS records exist, SES uses its own.",
  },
  PSEUDONYM_SECRET_COPY_REGION: {
    schema: z
      .string()
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "use a region's name, such as eu-west-1")
      .optional(),
    fallback: null,
    help: "Another region of AWS that keeps a copy of the pseudonym secret (0.40 USD a month), because no account is found without it. Default: no copy.",
  },
} as const;

type Sender = {
  MAIL_FROM: string;
  MAIL_IDENTITY?: string | undefined;
  MAIL_FROM_DOMAIN?: string | undefined;
  SES_IDENTITY: "create" | "existing";
};

export const mailIdentity = ({ MAIL_FROM, MAIL_IDENTITY }: Pick<Sender, "MAIL_FROM" | "MAIL_IDENTITY">) =>
  MAIL_IDENTITY ?? MAIL_FROM;

const isBelow = (domain: string, above: string): boolean =>
  domain.toLowerCase().endsWith(`.${above.toLowerCase()}`);

export const senderDomain = ({ MAIL_FROM }: Pick<Sender, "MAIL_FROM">): string =>
  MAIL_FROM.slice(MAIL_FROM.lastIndexOf("@") + 1);

/** SES lets a domain's subdomains send, too. */
export const isIdentityOfSender = ({ MAIL_FROM, MAIL_IDENTITY }: Sender): boolean => {
  if (MAIL_IDENTITY === undefined || MAIL_IDENTITY === MAIL_FROM) return true;
  if (!domainName.safeParse(MAIL_IDENTITY).success) return false;
  return isBelow(`.${senderDomain({ MAIL_FROM })}`, MAIL_IDENTITY);
};

export const isBounceDomain = ({
  MAIL_FROM,
  MAIL_IDENTITY,
  MAIL_FROM_DOMAIN,
  SES_IDENTITY,
}: Sender): boolean =>
  MAIL_FROM_DOMAIN === undefined ||
  (SES_IDENTITY === "create" &&
    MAIL_IDENTITY !== undefined &&
    isBelow(MAIL_FROM_DOMAIN, MAIL_IDENTITY) &&
    MAIL_FROM_DOMAIN.toLowerCase() !== senderDomain({ MAIL_FROM }).toLowerCase());
