import { RemovalPolicy } from "aws-cdk-lib";
import { isProduction, type Settings } from "../settings/settings.ts";

/** What a failed deployment has just created is deleted again, also in prod. */
export const removalPolicyOf = (settings: Settings): RemovalPolicy =>
  isProduction(settings) ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
