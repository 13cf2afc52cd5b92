/** Where the local account is, and how its resources are called: stable names, so that data survives a restart. */

export const region = "us-east-1";
export const accountId = "000000000000";

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${service === "iam" || service === "sts" ? "" : region}:${accountId}:${resource}`;

/** CDK ends a logical id with eight hex digits of the path's hash; people know the construct by what stands before. */
export const constructName = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "");

/**
 * Access key ids must be alphanumeric (DynamoDB Local refuses others); this one tells the AWS
 * endpoint who is calling.
 */
export const accessKeyIdOf = (principal: string): string => `LOCAL${principal.replace(/[^A-Za-z0-9]/g, "")}`;
