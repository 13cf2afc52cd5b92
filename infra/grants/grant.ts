/** The form of a row of the grants sheet: an unknown action, resource, setting or function does not compile. */
import type { OperationName } from "../../shared/contract/contract.ts";
import type { VariableName } from "../../shared/platform/environment.ts";

type TableAction =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  /** `Query` on the table's indexes, and not on the table. */
  | "QueryIndexes"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "BatchWriteItem"
  | "ConditionCheckItem";
type SecretAction = "DescribeSecret" | "GetSecretValue" | "PutSecretValue" | "UpdateSecretVersionStage";

/** The variables that name a resource, and the actions that it knows. */
type Actions = {
  USERS_TABLE: TableAction;
  SESSIONS_TABLE: TableAction;
  LIMITS_TABLE: TableAction;
  MAIL_QUEUE_URL: "SendMessage";
  PSEUDONYM_SECRET_ID: SecretAction;
  DIGEST_SECRET_ID: SecretAction;
  SIGNING_KEYS_ID: SecretAction;
  VERIFICATION_KEYS_ID: SecretAction;
  MAIL_FROM: "SendEmail";
};
export type ResourceVariable = keyof Actions & VariableName;
export type SettingVariable = Exclude<VariableName, ResourceVariable>;

export type Grant = { readonly [Name in ResourceVariable]?: readonly Actions[Name][] } & {
  /** Settings that it reads. */
  readonly settings?: readonly SettingVariable[];
  /** Whether it hashes passwords, which costs a processor's whole attention: called less often, and in an enclosure of its own. */
  readonly hashes?: true;
  /** Default: `defaultMemoryMegabytes`. */
  readonly memoryMegabytes?: number;
  /** Default: `defaultTimeoutSeconds`. */
  readonly timeoutSeconds?: number;
};
export type FunctionName = OperationName | "mailer" | "createKeys" | "rotateKeys" | "pages";
