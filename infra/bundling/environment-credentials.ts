// Lambda passes credentials as variables. In bundles this replaces the SDK's chain of providers,
// which carries the clients of three more services.
import { fromEnv } from "@aws-sdk/credential-provider-env";

export const defaultProvider: typeof fromEnv = (options) => fromEnv(options);
