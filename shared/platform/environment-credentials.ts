// Replaces the SDK's chain of providers in bundles, which carries clients of three more services.
import { fromEnv } from "@aws-sdk/credential-provider-env";

export const defaultProvider: typeof fromEnv = (options) => fromEnv(options);
