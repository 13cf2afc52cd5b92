import { RemovalPolicy } from "aws-cdk-lib";
import { isProduction, type Settings } from "../settings/settings.ts";

export const removalPolicyOf = (settings: Settings): RemovalPolicy =>
  isProduction(settings) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
