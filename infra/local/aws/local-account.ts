// Names are stable, so that data survives a restart.
export const region = "us-east-1";
export const accountId = "000000000000";

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${service === "iam" || service === "sts" ? "" : region}:${accountId}:${resource}`;

/** Removes the hash that CDK appends to a logical id. */
export const constructName = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "");
