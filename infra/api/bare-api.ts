/** The bare REST API: functions are told its address, so it comes before them, its routes after. */
import { Size, type Stack } from "aws-cdk-lib";
import { CfnRestApi } from "aws-cdk-lib/aws-apigateway";
import type { Settings } from "../settings.ts";

export const apiName = (stage: string): string => `lit-auth-${stage}`;

/** An L1, because CDK's own construct refuses to be without methods in its stack. */
export const createRestApi = (stack: Stack, { STAGE }: Settings): CfnRestApi =>
  new CfnRestApi(stack, "Api", {
    name: apiName(STAGE),
    endpointConfiguration: { types: ["REGIONAL"] },
    minimumCompressionSize: Size.kibibytes(1).toBytes(),
  });

/** Names the stage by a text, since its resource comes after the functions that are told this. */
export const apiAddress = ({ region, urlSuffix }: Stack, api: CfnRestApi, { STAGE }: Settings): string =>
  `https://${api.ref}.execute-api.${region}.${urlSuffix}/${STAGE}`;
