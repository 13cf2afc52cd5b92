const lettersOfRegistrations = new Set(["activation", "activation_replaced", "address_taken"]);

/** The new address of a change is of no account yet. Others are known while it matters. */
export const mayBeOfNoAccount = (kind: string): boolean => kind === "email_change";

/** No password proves that the address is of the person who caused the letter. */
export const isUnproven = (kind: string, toAccount: boolean): boolean =>
  lettersOfRegistrations.has(kind) || (kind === "password_reset" && !toAccount);
