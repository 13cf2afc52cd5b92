import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers } from "./aws-answers.ts";
import { check, ok, problem, warning, type Finding } from "./finding.ts";

const accountStack = "lit-auth-account";

export const checkLogRole = (
  aws: Pick<AwsAnswers, "gatewayLogRole" | "stack" | "stackResources">,
): Promise<Finding[]> =>
  check("log role of API Gateway", "apigateway:GET and cloudformation:ListStackResources", async () => {
    const arn = await aws.gatewayLogRole();
    if (!arn) return ok(`The stack ${accountStack} sets it.`);
    const resources = (await aws.stack(accountStack)) ? await aws.stackResources(accountStack) : [];
    const isOurs = resources.some(
      ({ type, physicalId }) =>
        type === "AWS::IAM::Role" && physicalId !== "" && arn.endsWith(`/${physicalId}`),
    );
    if (isOurs) return ok(`The stack ${accountStack} has set it.`);
    return warning(
      `Something else has set it to ${arn}. A region has only one, and the stack ${accountStack} replaces it for all APIs here. They go on logging with ours. Tell their owners, and keep that stack as long as they do.`,
    );
  });

type DomainSettings = Partial<Record<"DOMAIN_NAME" | "CERTIFICATE_ARN" | "HOSTED_ZONE_ID", string>>;

/** A wildcard stands for one label. */
const covers = (certified: string, domain: string): boolean => {
  const [name, wanted] = [certified.toLowerCase(), domain.toLowerCase()];
  return name.startsWith("*.") ? wanted.slice(wanted.indexOf(".") + 1) === name.slice(2) : name === wanted;
};

const judge = (
  domain: string,
  certificate: NonNullable<Awaited<ReturnType<AwsAnswers["certificate"]>>>,
  now: Date,
) => {
  const { Status, DomainName = "", SubjectAlternativeNames = [], NotAfter } = certificate;
  if (Status === "PENDING_VALIDATION")
    return problem("The certificate waits for its DNS record. Add the CNAME that the ACM console shows.");
  if (Status !== "ISSUED")
    return problem(`The certificate is ${Status}. Request another, and set CERTIFICATE_ARN.`);
  if (NotAfter && NotAfter <= now)
    return problem("The certificate has expired. Renew it in the ACM console.");
  const names = [...new Set([DomainName, ...SubjectAlternativeNames])];
  if (!names.some((name) => covers(name, domain)))
    return problem(`The certificate is for ${names.join(", ")}, not for ${domain}. Request one for it.`);
  return ok(`The certificate for ${domain} is issued.`);
};

export const checkDomain = async (
  aws: Pick<AwsAnswers, "certificate">,
  settings: Settings,
  { region, now = new Date() }: { region: string; now?: Date },
): Promise<Finding[]> => {
  const { DOMAIN_NAME, CERTIFICATE_ARN } = settings as DomainSettings;
  if (!DOMAIN_NAME) return [];
  return check("custom domain", "acm:DescribeCertificate", async () => {
    if (!CERTIFICATE_ARN)
      return problem(`DOMAIN_NAME is set. Set CERTIFICATE_ARN to a certificate for it, too.`);
    const [, , , certifiedIn = "no region"] = CERTIFICATE_ARN.split(":");
    if (certifiedIn !== region)
      return problem(
        `The certificate is in ${certifiedIn}, and the stage in ${region}. Request one in ${region}.`,
      );
    const certificate = await aws.certificate(CERTIFICATE_ARN);
    return certificate
      ? judge(DOMAIN_NAME, certificate, now)
      : problem("CERTIFICATE_ARN names no certificate of this account.");
  });
};
