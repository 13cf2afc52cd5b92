import type { OperationName } from "../../shared/contract/contract.ts";
import type { VariableName } from "../../shared/platform/environment.ts";
import type { ItemKind, TableWithKinds } from "../../shared/store/item-kinds.ts";
import type { ActionsOnKinds, TableAction } from "./actions-on-kinds.ts";

type SecretAction = "DescribeSecret" | "GetSecretValue" | "PutSecretValue" | "UpdateSecretVersionStage";

type Actions = {
  SESSIONS_TABLE: TableAction;
  MAIL_QUEUE_URL: "SendMessage";
  MAIL_DEAD_LETTERS_URL: "SendMessage";
  NOTICE_QUEUE_URL: "SendMessage";
  NOTICE_DEAD_LETTERS_URL: "SendMessage";
  EVENT_BUS: "PutEvents";
  EVENTS_DEAD_LETTERS_URL: "SendMessage";
  WEBHOOK_QUEUE_URL: "SendMessage" | "ChangeMessageVisibility";
  WEBHOOK_RETRIES_URL: "SendMessage";
  WEBHOOK_DEAD_LETTERS_URL: "SendMessage";
  WEBHOOK_SECRET_ID: SecretAction;
  FEEDBACK_QUEUE_URL: "SendMessage";
  FEEDBACK_DEAD_LETTERS_URL: "SendMessage";
  PSEUDONYM_SECRET_ID: SecretAction;
  DIGEST_SECRET_ID: SecretAction;
  DEVICE_SECRET_ID: SecretAction;
  CHALLENGE_SECRET_ID: SecretAction;
  SIGNING_KEYS_ID: SecretAction;
  VERIFICATION_KEYS_ID: SecretAction;
  MAIL_FROM: "SendRawEmail";
  CONFIGURATION_SET: "SendRawEmail";
};
export type ResourceVariable = (keyof Actions | TableWithKinds) & VariableName;
export type SettingVariable = Exclude<VariableName, ResourceVariable>;

export type Grant = { readonly [Name in keyof Actions]?: readonly Actions[Name][] } & {
  readonly [Table in TableWithKinds]?: ActionsOnKinds<ItemKind<Table>>;
} & {
  readonly settings?: readonly SettingVariable[];
  /** True if the function hashes passwords. It gets a lower throttle and HASHING_CONCURRENCY. */
  readonly hashes?: true;
  /** True if the function may take addresses off SES's suppression list, which is no resource. */
  readonly liftsSuppression?: true;
  readonly memoryMegabytes?: number;
  readonly timeoutSeconds?: number;
  /** Lambda ends other functions that cause their own next call 16 times in a row. */
  readonly queuesItself?: true;
};
export type BackgroundName =
  "mailer" | "feedback" | "events" | "sendWebhook" | "createKeys" | "rotateKeys" | "pages";
export type FunctionName = OperationName | BackgroundName;
