const lettersOfRegistrations = new Set(["activation", "activation_replaced", "address_taken"]);

/** The new address of a change is of no account yet. Others are known while it matters. */
export const mayBeOfNoAccount = (kind: string): boolean => kind === "email_change";

const lettersOfAnyone = new Set(["password_reset", "address_held"]);

/**
 * No password proves that the address is of the person who caused the letter. Doesn't depend on an
 * account, because those who caused the letter notice what it is charged to.
 */
export const isUnproven = (kind: string, hasRegistration: boolean): boolean =>
  lettersOfRegistrations.has(kind) || (hasRegistration && lettersOfAnyone.has(kind));
