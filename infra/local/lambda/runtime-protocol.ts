export type Invocation = {
  requestId: string;
  event: unknown;
  deadline: number;
};
export type ToRuntime =
  | {
      type: "init";
      codeFolder: string;
      handler: string;
    }
  | ({ type: "invoke" } & Invocation);

export type FunctionError = { errorType: string; errorMessage: string };
export type FromRuntime =
  | { type: "ready" }
  | { type: "init-failed"; error: FunctionError }
  | { type: "result"; payload: unknown }
  | { type: "failed"; error: FunctionError };
