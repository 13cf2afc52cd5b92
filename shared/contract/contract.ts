// Lists all operations. Handlers, validation, Lambda functions, routes, `openapi.yaml` and the
// typed client of the tests are derived from it. A function imports only the file of its entry.
import * as accountOperations from "./account-operations.ts";
import * as addressOperations from "./address-operations.ts";
import type { Operation } from "./operation.ts";
import * as passwordOperations from "./password-operations.ts";
import * as sessionOperations from "./session-operations.ts";
import * as staffOperations from "./staff-operations.ts";

const operations = {
  ...accountOperations,
  ...sessionOperations,
  ...addressOperations,
  ...passwordOperations,
  ...staffOperations,
};

export type Contract = typeof operations;
export type OperationName = keyof Contract;

type Named = { readonly [Name in OperationName]: Operation & { readonly name: Name } };

const methods: readonly Operation["method"][] = ["GET", "POST", "PATCH", "DELETE"];
const place = ({ path, method }: Operation) => `${path} ${methods.indexOf(method)}`;

/** Sorted, because loaders may list a file's exports in different orders. */
export const contract = Object.fromEntries(
  Object.entries(operations satisfies Named).toSorted(([, one], [, other]) =>
    place(one) < place(other) ? -1 : 1,
  ),
) as Contract;
