import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers } from "./aws-answers.ts";
import { check, ok, warning, type Finding } from "./finding.ts";

export const checkSubscription = (
  aws: Pick<AwsAnswers, "stack" | "stackResources" | "subscriptions">,
  { STAGE, ALARM_EMAIL }: Settings,
): Promise<Finding[]> =>
  check("alarms", "sns:ListSubscriptionsByTopic and cloudformation:ListStackResources", async () => {
    if (ALARM_EMAIL === undefined)
      return warning("No one is told about them. Set ALARM_EMAIL, or look at CloudWatch yourself.");
    const api = `lit-auth-${STAGE}-api`;
    const resources = (await aws.stack(api)) ? await aws.stackResources(api) : [];
    const topic = resources.find(({ type }) => type === "AWS::SNS::Topic");
    if (!topic) return ok("After the deployment, click the link that SNS sends to ALARM_EMAIL.");
    const subscriptions = await aws.subscriptions(topic.physicalId);
    if (subscriptions.some(({ SubscriptionArn }) => SubscriptionArn?.startsWith("arn:")))
      return ok("Someone is told about them.");
    return warning(
      subscriptions.length > 0
        ? "The subscription is not confirmed, so no one is told. Click the link that SNS has sent to ALARM_EMAIL."
        : "The topic has no subscription, so no one is told. Deploy again, and click the link that SNS sends.",
    );
  });
