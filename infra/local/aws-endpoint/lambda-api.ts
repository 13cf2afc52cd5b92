// Operators' commands use this operation to replace execution environments.
import { ServiceError } from "../aws/service-error.ts";

const configurationPath = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/;

export const lambdaOperation = (method: string, url: string): { operation: string; functionName: string } => {
  const [, name] = configurationPath.exec(url) ?? [];
  if (method !== "PUT" || name === undefined)
    throw new ServiceError("UnknownOperationException", "This Lambda operation is not supported locally");
  return { operation: "UpdateFunctionConfiguration", functionName: decodeURIComponent(name) };
};
