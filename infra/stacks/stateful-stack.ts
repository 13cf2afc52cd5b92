import { CfnOutput, CfnResource, Stack, type StackProps } from "aws-cdk-lib";
import type { CfnRestApi } from "aws-cdk-lib/aws-apigateway";
import { CfnTable } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { apiAddress, createRestApi, publicUrl } from "../api/bare-api.ts";
import { createOperatorLog } from "../data/operator-log-group.ts";
import { createQueues, type Queues } from "../data/queues.ts";
import { createSecrets, type SecretArns } from "../data/stage-secrets.ts";
import { createTables, type Tables } from "../data/tables.ts";
import { createEventBus } from "../events/guarded-bus.ts";
import type { Settings } from "../settings/settings.ts";

export class StatefulStack extends Stack {
  readonly api: CfnRestApi;
  readonly tables: Tables;
  readonly queues: Queues;
  readonly secretArns: SecretArns;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    this.api = createRestApi(this, settings);
    const address = apiAddress(this, this.api, settings);
    new CfnOutput(this, "ApiUrl", { value: address });
    new CfnOutput(this, "PublicUrl", { value: publicUrl(settings, address) });
    this.tables = createTables(this, settings);
    this.queues = createQueues(this, settings);
    createEventBus(this, settings);
    this.secretArns = createSecrets(this, settings);
    createOperatorLog(this, settings);
    // Operators' commands need these to check passwords in the same way as the functions.
    new CfnOutput(this, "ProductName", { value: settings.PRODUCT_NAME });
    new CfnOutput(this, "PwnedPasswordsUrl", { value: settings.PWNED_PASSWORDS_URL });
    this.#createTablesLast();
  }

  /** A protected table can't be deleted, so all else that can fail must come before it. */
  #createTablesLast(): void {
    const resources = this.node.findAll().filter((part) => CfnResource.isCfnResource(part));
    const isTable = (part: CfnResource) => part.cfnResourceType === CfnTable.CFN_RESOURCE_TYPE_NAME;
    for (const table of resources.filter(isTable))
      for (const other of resources.filter((part) => !isTable(part))) table.addResourceDependency(other);
  }
}
