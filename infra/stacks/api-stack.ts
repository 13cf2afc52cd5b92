import { Stack, type StackProps } from "aws-cdk-lib";
import { RestApi } from "aws-cdk-lib/aws-apigateway";
import { Function, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { addRoute, addUnknownPaths } from "../api/api-routes.ts";
import { addCustomDomain } from "../api/custom-domain.ts";
import { deployApi } from "../api/deployed-stage.ts";
import { addFirewall, hasFirewall } from "../api/firewall.ts";
import { addGatewayResponses } from "../api/gateway-responses.ts";
import { removalPolicyOf } from "../data/removal-policy.ts";
import type { FunctionName } from "../grants/grant.ts";
import { functionName, pascalCase } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { addAlarms } from "../monitoring/alarms.ts";
import { addDashboards } from "../monitoring/dashboards.ts";
import { countGatewayAnswers } from "../monitoring/gateway-metrics.ts";
import { saveAccessQueries } from "../monitoring/saved-queries.ts";
import { addSamplingRule } from "../monitoring/tracing.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const pagePaths = ["/swagger", "/admin"];

const routesOf = (functionOf: (name: FunctionName) => IFunction) => {
  const routes: Record<string, Record<string, IFunction>> = {};
  for (const name of Object.keys(contract) as OperationName[]) {
    const { path, method, cacheSeconds }: Operation = contract[name];
    const handler = functionOf(name);
    Object.assign((routes[path] ??= {}), {
      [method]: handler,
      ...(cacheSeconds !== undefined && { HEAD: handler }),
    });
  }
  const pages = functionOf("pages");
  for (const path of pagePaths.flatMap((page) => [page, `${page}/{proxy+}`]))
    routes[path] = { GET: pages, HEAD: pages };
  return routes;
};

const isForOwnPages = (path: string): boolean =>
  Object.values<Operation>(contract).some((one) => one.path === path && one.keepsStaffCookie);

type ApiStackProps = StackProps & { readonly settings: Settings; readonly stateful: StatefulStack };

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { settings, stateful, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { api: bareApi } = stateful;
    const api = RestApi.fromRestApiAttributes(this, "Routes", {
      restApiId: bareApi.ref,
      rootResourceId: bareApi.attrRootResourceId,
    });
    const functionOf = (name: FunctionName) =>
      Function.fromFunctionName(this, pascalCase(name), functionName(settings.STAGE, name));
    for (const [path, handlers] of Object.entries(routesOf(functionOf)))
      addRoute(api, path, handlers, settings, { forOwnPages: isForOwnPages(path) });
    addUnknownPaths(api, settings);
    addGatewayResponses(api, settings.ALLOWED_ORIGINS);
    const stage = deployApi(this, { bareApi, api, settings }, removalPolicyOf(settings));
    addCustomDomain(this, settings, { bareApi, stage });
    if (hasFirewall(settings)) addFirewall(this, stage, settings);
    addSamplingRule(this, bareApi.ref, settings);
    countGatewayAnswers(this, settings.STAGE);
    saveAccessQueries(this, settings.STAGE);
    const { queues, tables } = stateful;
    const alarms = addAlarms(this, settings, queues);
    addDashboards(this, settings, { queues, tables, alarms });
  }
}
