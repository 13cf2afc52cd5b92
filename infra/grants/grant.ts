import type { OperationName } from "../../shared/contract/contract.ts";
import type { VariableName } from "../../shared/platform/environment.ts";

type TableAction =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  /** `Query` on the table's indexes only. */
  | "QueryIndexes"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "BatchWriteItem"
  | "ConditionCheckItem";
type SecretAction = "DescribeSecret" | "GetSecretValue" | "PutSecretValue" | "UpdateSecretVersionStage";

type Actions = {
  USERS_TABLE: TableAction;
  SESSIONS_TABLE: TableAction;
  LIMITS_TABLE: TableAction;
  MAIL_QUEUE_URL: "SendMessage";
  PSEUDONYM_SECRET_ID: SecretAction;
  DIGEST_SECRET_ID: SecretAction;
  DEVICE_SECRET_ID: SecretAction;
  SIGNING_KEYS_ID: SecretAction;
  VERIFICATION_KEYS_ID: SecretAction;
  MAIL_FROM: "SendEmail";
};
export type ResourceVariable = keyof Actions & VariableName;
export type SettingVariable = Exclude<VariableName, ResourceVariable>;

export type Grant = { readonly [Name in ResourceVariable]?: readonly Actions[Name][] } & {
  readonly settings?: readonly SettingVariable[];
  /** True if the function hashes passwords. It gets a lower throttle and HASHING_CONCURRENCY. */
  readonly hashes?: true;
  readonly memoryMegabytes?: number;
  readonly timeoutSeconds?: number;
};
export type FunctionName = OperationName | "mailer" | "createKeys" | "rotateKeys" | "pages";
