import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { apiAddress } from "../api/bare-api.ts";
import { removalPolicyOf } from "../data/removal-policy.ts";
import type { FunctionName, Grant } from "../grants/grant.ts";
import { grants, operationSettings } from "../grants/grants.ts";
import type { Settings } from "../settings/settings.ts";
import { functionSettings, resourcesOf } from "./function-variables.ts";
import { GrantedFunction, type GrantedFunctionProps } from "./granted-function.ts";
import { countSecurityEvents } from "../monitoring/security-metrics.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const operationNames = Object.keys(contract) as OperationName[];
const isForStaff = (name: OperationName): boolean => contract[name].caller === "staff";
export const staffOperations = operationNames.filter(isForStaff);
export const userOperations = operationNames.filter((name) => !isForStaff(name));

export type FunctionsStackProps = StackProps & {
  readonly settings: Settings;
  readonly stateful: StatefulStack;
  readonly bundlesDirectory: string;
};

export class FunctionsStack extends Stack {
  readonly #common: Omit<GrantedFunctionProps, "name" | "grant">;

  constructor(
    scope: Construct,
    id: string,
    props: FunctionsStackProps & { operations: readonly OperationName[] },
  ) {
    const { settings, stateful, bundlesDirectory, operations, ...stackProps } = props;
    super(scope, id, stackProps);
    this.#common = {
      stage: settings.STAGE,
      resources: resourcesOf(this, settings, stateful, operations),
      settings: functionSettings(settings, apiAddress(this, stateful.api, settings)),
      bundlesDirectory,
      hashingConcurrency: settings.HASHING_CONCURRENCY,
      logRetention: settings.LOG_RETENTION_DAYS,
      removalPolicy: removalPolicyOf(settings),
    };
    for (const name of operations) this.#addOperation(name);
  }

  protected addFunction(
    name: FunctionName,
    grant: Grant = grants[name],
    own: Partial<GrantedFunctionProps["resources"]> = {},
  ): GrantedFunction {
    const resources = { ...this.#common.resources, ...own };
    return new GrantedFunction(this, { name, grant, ...this.#common, resources });
  }

  #addOperation(name: OperationName): void {
    const grant: Grant = grants[name];
    const settings = [...operationSettings, ...(grant.settings ?? [])];
    const { logGroup } = this.addFunction(name, { ...grant, settings });
    countSecurityEvents(this, this.#common.stage, name, logGroup);
  }
}
