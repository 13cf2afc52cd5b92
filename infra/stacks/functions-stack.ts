import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { apiAddress } from "../api/bare-api.ts";
import { removalPolicyOf } from "../data/removal-policy.ts";
import type { FunctionName, Grant } from "../grants/grant.ts";
import { grants, operationSettings } from "../grants/grants.ts";
import { pascalCase } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { functionSettings, resourcesOf } from "./function-variables.ts";
import { GrantedFunction, type GrantedFunctionProps } from "./granted-function.ts";
import { archiveSecurityLines } from "../monitoring/security-archive.ts";
import { saveFunctionQueries } from "../monitoring/saved-queries.ts";
import { countSecurityEvents } from "../monitoring/security-metrics.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const operationNames = Object.keys(contract) as OperationName[];
const isForStaff = (name: OperationName): boolean => contract[name].caller === "staff";
export const staffOperations = operationNames.filter(isForStaff);
export const userOperations = operationNames.filter((name) => !isForStaff(name));

const isCalledByApi = (name: FunctionName): boolean => name in contract || name === "pages";

export type FunctionsStackProps = StackProps & {
  readonly settings: Settings;
  readonly stateful: StatefulStack;
  readonly bundlesDirectory: string;
};

export class FunctionsStack extends Stack {
  readonly #common: Omit<GrantedFunctionProps, "name" | "grant" | "traced">;
  readonly #settings: Settings;

  constructor(
    scope: Construct,
    id: string,
    props: FunctionsStackProps & { operations: readonly OperationName[]; queryFolder: string },
  ) {
    const { settings, stateful, bundlesDirectory, operations, queryFolder, ...stackProps } = props;
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
    this.#settings = settings;
    for (const name of operations) this.#addOperation(name);
    saveFunctionQueries(this, settings.STAGE, queryFolder);
  }

  protected addFunction(
    name: FunctionName,
    grant: Grant = grants[name],
    own: Partial<GrantedFunctionProps["resources"]> = {},
  ): GrantedFunction {
    const traced = this.#settings.TRACING !== "off" && isCalledByApi(name);
    const resources = { ...this.#common.resources, ...own };
    const made = new GrantedFunction(this, { name, grant, traced, ...this.#common, resources });
    archiveSecurityLines(this, pascalCase(name), made.logGroup, this.#settings);
    return made;
  }

  #addOperation(name: OperationName): void {
    const grant: Grant = grants[name];
    const settings = [...operationSettings, ...(grant.settings ?? [])];
    const { logGroup } = this.addFunction(name, { ...grant, settings });
    countSecurityEvents(this, this.#common.stage, name, logGroup);
  }
}
