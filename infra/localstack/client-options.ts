// Complete options keep SDK clients from reading profiles and credentials of this machine.
import { region, type LocalStack } from "./localstack.ts";

export const clientOptions = ({ endpoint }: LocalStack) => ({
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
