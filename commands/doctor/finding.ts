// What a check has found. A call that AWS refuses is no finding about the stage, and never a crash.
export type Finding = {
  status: "ok" | "warning" | "problem" | "not checked";
  subject: string;
  /** What is so and, unless it is fine, what to do. */
  text: string;
};

type Said = Omit<Finding, "status" | "subject"> & Pick<Finding, "status">;
export const ok = (text: string): Said => ({ status: "ok", text });
export const warning = (text: string): Said => ({ status: "warning", text });
export const problem = (text: string): Said => ({ status: "problem", text });
export const notChecked = (text: string): Said => ({ status: "not checked", text });

const refusals =
  /^(?:AccessDenied|AccessDeniedException|AuthorizationError|UnauthorizedOperation|UnauthorizedException|NotAuthorized)$/;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

const whyNot = (error: unknown, action: string): string => {
  if (refusals.test(nameOf(error)))
    return `Your credentials may not call ${action}. Allow it, and run this again.`;
  const reason = error instanceof Error ? error.message : String(error);
  return `${action} failed. ${nameOf(error)}: ${reason}`;
};

/** `action` is what the check needs the right to. */
export const check = async (
  subject: string,
  action: string,
  work: () => Promise<Said | readonly Said[]>,
): Promise<Finding[]> => {
  try {
    const said = await work();
    return (Array.isArray(said) ? said : [said]).map((one: Said) => ({ subject, ...one }));
  } catch (error) {
    return [{ subject, ...notChecked(whyNot(error, action)) }];
  }
};

export const lineOf = ({ status, subject, text }: Finding): string =>
  `${status.padEnd(11)}  ${subject}: ${text}`;
