/** For SDK clients: everything that they would otherwise look up on this machine. */
import { region, type LocalStack } from "./localstack.ts";

export const clientOptions = ({ endpoint }: LocalStack) => ({
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
