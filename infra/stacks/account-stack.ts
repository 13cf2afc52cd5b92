// What an account and region has only once. All stages share it.
import { Stack, type StackProps } from "aws-cdk-lib";
import { CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";

const warnings = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
];

const addBudget = (scope: Construct, amount: number, email: string): void => {
  new CfnBudget(scope, "MonthlyBudget", {
    budget: { budgetType: "COST", timeUnit: "MONTHLY", budgetLimit: { amount, unit: "USD" } },
    notificationsWithSubscribers: warnings.map((warning) => ({
      notification: { ...warning, comparisonOperator: "GREATER_THAN", thresholdType: "PERCENTAGE" },
      subscribers: [{ subscriptionType: "EMAIL", address: email }],
    })),
  });
};

export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const role = new Role(this, "GatewayLogRole", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
      ],
    });
    new CfnAccount(this, "GatewayAccount", { cloudWatchRoleArn: role.roleArn });
    const { MONTHLY_BUDGET_USD, ALARM_EMAIL } = settings;
    if (MONTHLY_BUDGET_USD !== undefined && ALARM_EMAIL !== undefined)
      addBudget(this, MONTHLY_BUDGET_USD, ALARM_EMAIL);
  }
}
