import { CfnOutput, RemovalPolicy, type Stack } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type Attribute,
} from "aws-cdk-lib/aws-dynamodb";
import { listIndexes } from "../../shared/store/list-indexes.ts";
import type { Settings } from "../settings/settings.ts";
import { removalPolicyOf } from "./removal-policy.ts";

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

export type Tables = Readonly<Record<"users" | "sessions" | "limits" | "history", Table>>;

export const createTables = (stack: Stack, settings: Settings): Tables => {
  const removalPolicy = removalPolicyOf(settings);
  const table = (name: string, partitionKey: string, sortKey?: string, stream?: StreamViewType) => {
    const made = new Table(stack, name, {
      partitionKey: text(partitionKey),
      ...(sortKey && { sortKey: text(sortKey) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: "expiresAt",
      ...(stream && { stream }),
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    new CfnOutput(stack, `${name}Table`, { value: made.tableName });
    return made;
  };
  const users = table("Users", "pk", undefined, StreamViewType.NEW_AND_OLD_IMAGES);
  for (const [indexName, { partition, sort, projected }] of Object.entries(listIndexes))
    users.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(partition),
      sortKey: text(sort),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...projected],
    });
  return {
    users,
    sessions: table("Sessions", "userId", "sessionId"),
    limits: table("Limits", "pk"),
    history: table("History", "pk", "place"),
  };
};
