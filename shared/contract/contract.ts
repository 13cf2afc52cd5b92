// Lists all operations. Handlers, validation, Lambda functions, routes, `openapi.yaml` and the
// typed client of the tests are derived from it.
import { accountOperations } from "./account-operations.ts";
import { addressOperations } from "./address-operations.ts";
import type { Operation } from "./operation.ts";
import { passwordOperations } from "./password-operations.ts";
import { sessionOperations } from "./session-operations.ts";
import { staffOperations } from "./staff-operations.ts";

export const contract = {
  ...accountOperations,
  ...sessionOperations,
  ...addressOperations,
  ...passwordOperations,
  ...staffOperations,
} as const satisfies Record<string, Operation>;

export type Contract = typeof contract;
export type OperationName = keyof Contract;
