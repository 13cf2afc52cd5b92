import { mailIdentity, senderDomain } from "../../infra/settings/deploy-settings.ts";
import { senderStackName } from "../../infra/naming.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers } from "./aws-answers.ts";
import { check, ok, problem, warning, type Finding } from "./finding.ts";

type Answered<Name extends keyof AwsAnswers> = Awaited<ReturnType<AwsAnswers[Name]>>;

const verified = (name: string, identity: NonNullable<Answered<"emailIdentity">>) => {
  const isAddress = name.includes("@");
  const { Status = "NOT_STARTED" } = identity.DkimAttributes ?? {};
  const { MailFromDomain, MailFromDomainStatus } = identity.MailFromAttributes ?? {};
  if (identity.VerifiedForSendingStatus !== true)
    return problem(
      isAddress
        ? `${name} is not confirmed, so no letter can leave. Click the link in the email that SES has sent there. If it has no mailbox, set MAIL_IDENTITY to its domain.`
        : `${name} is not confirmed, so no letter can leave. Add the DNS records that are outputs of the stack Sender, or that the SES console shows.`,
    );
  if (isAddress)
    return warning(
      `${name} is confirmed. A domain as MAIL_IDENTITY would also sign letters with DKIM, without which some providers refuse them.`,
    );
  if (Status !== "SUCCESS")
    return warning(`${name} is confirmed, but DKIM is ${Status}. Add the three CNAME records.`);
  if (MailFromDomain !== undefined && MailFromDomainStatus !== "SUCCESS")
    return warning(
      `${name} is confirmed, but the domain for bounces ${MailFromDomain} is ${MailFromDomainStatus ?? "PENDING"}. Add its MX and SPF records.`,
    );
  return ok(`${name} is confirmed, with DKIM.`);
};

const missing = async (name: string, aws: Pick<AwsAnswers, "emailIdentity">, settings: Settings) => {
  const domain = senderDomain(settings);
  const isThere = name.includes("@") && (await aws.emailIdentity(domain)) !== undefined;
  return isThere
    ? problem(`There is no SES identity ${name}, but one of its domain. Set MAIL_IDENTITY=${domain}.`)
    : problem(`There is no SES identity ${name}. Create it, or set SES_IDENTITY=create.`);
};

/** A stack that exists keeps the identity that it made. */
const ownerConflict = (name: string, isThere: boolean, isOwned: boolean) => {
  if (isThere && !isOwned)
    return problem(
      `${name} exists and no stack of ours owns it, so the deployment would fail. Set SES_IDENTITY=existing.`,
    );
  if (!isThere && isOwned)
    return problem(
      `${name} was deleted, but the stack ${senderStackName(name)} says that it exists. Create it by hand and set SES_IDENTITY=existing, or delete the stack.`,
    );
  return undefined;
};

export const checkIdentity = (
  aws: Pick<AwsAnswers, "emailIdentity" | "stack">,
  settings: Settings,
): Promise<Finding[]> =>
  check("SES identity", "ses:GetEmailIdentity and cloudformation:DescribeStacks", async () => {
    const name = mailIdentity(settings);
    const identity = await aws.emailIdentity(name);
    if (settings.SES_IDENTITY === "existing")
      return identity ? verified(name, identity) : missing(name, aws, settings);
    const stack = await aws.stack(senderStackName(name));
    const isOwned =
      stack !== undefined && stack.status !== "REVIEW_IN_PROGRESS" && !stack.status.startsWith("ROLLBACK");
    const conflict = ownerConflict(name, identity !== undefined, isOwned);
    if (conflict) return conflict;
    return identity ? verified(name, identity) : ok(`The deployment creates ${name}. Confirm it then.`);
  });

const hoursPerDay = 24;
const nearlyUsed = 0.8;

const quotaOf = ({ SendQuota = {} }: Answered<"sendingAccount">, settings: Settings) => {
  const { Max24HourSend: daily = 0, SentLast24Hours: sent = 0, MaxSendRate: rate = 0 } = SendQuota;
  // SES means no limit by this.
  if (daily === -1) return ok(`No daily limit, and ${rate} emails a second.`);
  if (sent >= nearlyUsed * daily)
    return warning(`${sent} of ${daily} emails of the last 24 hours are used. Ask AWS for more.`);
  const strangers = settings.UNPROVEN_LETTERS_OF_ALL_PER_HOUR * hoursPerDay;
  if (strangers > daily)
    return warning(
      `It is ${daily} emails a day, and UNPROVEN_LETTERS_OF_ALL_PER_HOUR lets strangers cause ${strangers}. Ask AWS for more, or lower the setting.`,
    );
  return ok(`${daily} emails a day and ${rate} a second.`);
};

const standing = ({ SendingEnabled, EnforcementStatus }: Answered<"sendingAccount">) => {
  if (SendingEnabled === false)
    return problem(
      "Sending is paused, so no letter can leave. Read what AWS wrote to the account, and resume it.",
    );
  if (EnforcementStatus === "SHUTDOWN")
    return problem("AWS has stopped it, so no letter can leave. Answer in the SES console.");
  if (EnforcementStatus === "PROBATION")
    return warning("AWS reviews it, because too many emails come back or are reported. See the SES console.");
  return ok("Sending is on.");
};

export const checkSending = (
  aws: Pick<AwsAnswers, "sendingAccount">,
  settings: Settings,
): Promise<Finding[]> =>
  check("SES account", "ses:GetAccount", async () => {
    const account = await aws.sendingAccount();
    return [
      account.ProductionAccessEnabled === true
        ? ok("It is out of the sandbox.")
        : warning(
            "It is in the sandbox: emails only reach addresses that you have verified. Ask AWS for production access in the SES console, which takes a day.",
          ),
      standing(account),
      quotaOf(account, settings),
    ];
  });
