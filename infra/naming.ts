export const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

// Fixed names let the `Api` stack use functions without imports, which would prevent their removal.
// Moving an operation to another stack takes two deployments, because CloudFormation refuses a name
// that exists.
export const functionName = (stage: string, name: string): string => `lit-auth-${stage}-${kebabCase(name)}`;

// The names of roles are generated, so that a role can be replaced. Their paths are fixed, so that
// policies of secrets can name the role before it exists and after it was replaced.
export const rolePath = (stage: string, name: string): string => `/lit-auth/${stage}/${kebabCase(name)}/`;

export const localStackApiId = "litauth";

export const configurationSetName = (stage: string): string => `lit-auth-${stage}`;

/** What happens to accounts leaves on this bus of EventBridge. */
export const eventBusName = (stage: string): string => `lit-auth-${stage}`;

/** Queue policies and alarms name these rules before they exist. */
export const feedbackRules = ["MissingMailboxRule", "BounceRule", "ComplaintRule"] as const;
export type FeedbackRule = (typeof feedbackRules)[number];

export const ruleName = (stage: string, rule: FeedbackRule): string =>
  `lit-auth-${stage}-${kebabCase(rule.replace(/^./, (letter) => letter.toLowerCase()))}`;

export const stackName = (stage: string, name: string): string => `lit-auth-${stage}-${name}`;

/** Stages with the same identity share its stack. */
export const senderStackName = (identity: string): string =>
  `lit-auth-sender-${identity.replaceAll(/[^a-z0-9]+/gi, "-")}`;

/** Deployments name alarms as rollback triggers. */
export const alarmName = (stage: string, id: string): string =>
  `lit-auth-${stage}-${kebabCase(id.replace(/^./, (letter) => letter.toLowerCase()))}`;

export const metricsNamespace = (stage: string): string => `LitAuth/${stage}`;
