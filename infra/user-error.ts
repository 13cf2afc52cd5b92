/** What went wrong on this machine, in one sentence that says what to do. `start.ts` prints it without a stack trace. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
  }
}
