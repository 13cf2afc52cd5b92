const codeLetters = new Set(["activation", "activation_replaced", "login", "password_reset", "email_change"]);
const lettersOfRegistrations = new Set(["activation", "activation_replaced", "address_taken"]);

/** A mailbox that does not exist stops these. Undo codes are not among them. */
export const hasStoppableCode = (kind: string): boolean => codeLetters.has(kind);

const lettersOfAnyone = new Set(["password_reset", "address_held"]);

/**
 * No password proves that the address is of the person who caused the letter. Doesn't depend on an
 * account, because those who caused the letter notice what it is charged to.
 */
export const isUnproven = (kind: string, hasRegistration: boolean): boolean =>
  lettersOfRegistrations.has(kind) || (hasRegistration && lettersOfAnyone.has(kind));
