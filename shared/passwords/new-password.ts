/** Judging a new password where its field is called so. */
import { FieldErrors } from "../contract/errors.ts";
import { passwordProblems, type Traits } from "./password-rules.ts";

/** Passes, or throws every rule that it breaks. What is not known of the person is not compared. */
export const requireGoodPassword = async (password: string, traits: Partial<Traits>): Promise<void> => {
  const { username = "", email = "", firstName = "", lastName = "" } = traits;
  const problems = await passwordProblems(password, { username, email, firstName, lastName });
  if (problems.length > 0) throw new FieldErrors({ new_password: problems });
};
