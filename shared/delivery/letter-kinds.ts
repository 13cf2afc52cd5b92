const codeLetters = new Set(["activation", "activation_replaced", "login", "password_reset", "email_change"]);
const lettersOfRegistrations = new Set(["activation", "activation_replaced", "address_taken"]);

/** A mailbox that does not exist stops these. Undo codes are not among them. */
export const hasStoppableCode = (kind: string): boolean => codeLetters.has(kind);

/** No password proves that the address is of the person who caused the letter. */
export const isUnproven = (kind: string, toAccount: boolean): boolean =>
  lettersOfRegistrations.has(kind) || (kind === "password_reset" && !toAccount);
