// The API is created before the functions, which need its address. Its routes are added later.
import { Size, type Stack } from "aws-cdk-lib";
import { CfnRestApi } from "aws-cdk-lib/aws-apigateway";
import type { Settings } from "../settings/settings.ts";

export const apiName = (stage: string): string => `lit-auth-${stage}`;

// AWS's default accepts TLS 1.0 too. Such a policy needs an access mode. STRICT would also compare
// the TLS host name with the API's, and refuse clients.
export const transportSecurity = {
  securityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
  endpointAccessMode: "BASIC",
};

/** An L1 construct is necessary: CDK's `RestApi` requires methods in the same stack. */
export const createRestApi = (stack: Stack, { STAGE, DISABLE_DEFAULT_ENDPOINT }: Settings): CfnRestApi =>
  new CfnRestApi(stack, "Api", {
    name: apiName(STAGE),
    endpointConfiguration: { types: ["REGIONAL"] },
    ...transportSecurity,
    ...(DISABLE_DEFAULT_ENDPOINT === "on" && { disableExecuteApiEndpoint: true }),
    minimumCompressionSize: Size.kibibytes(1).toBytes(),
  });

/** The stage's resource is created later, so the address contains the stage's name. */
export const apiAddress = ({ region, urlSuffix }: Stack, api: CfnRestApi, { STAGE }: Settings): string =>
  `https://${api.ref}.execute-api.${region}.${urlSuffix}/${STAGE}`;

export const publicUrl = ({ PUBLIC_URL, DOMAIN_NAME }: Settings, apiAddress: string): string =>
  PUBLIC_URL ?? (DOMAIN_NAME === undefined ? apiAddress : `https://${DOMAIN_NAME}`);
