/** An error that the user can fix. Scripts print its message without a stack trace. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
  }
}

export const noRegion =
  "No AWS region is known. Set AWS_REGION, or AWS_PROFILE to a profile that has a region.";
