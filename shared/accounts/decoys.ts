// Decoys go through the same calls as real items and fail on the same conditions, so that neither
// responses nor timing reveal which addresses are known. They can't match a real item, because
// their ids are keyed hashes and no username contains a `?`.
import { noAttributes } from "../attributes/stored-attributes.ts";
import type { EmailChange } from "../store/address-items.ts";
import type { Registration, User } from "../store/user-items.ts";

export const decoyRegistration = (addressKey: string, decoyId: string): Registration => ({
  id: decoyId,
  username: `?${decoyId}`,
  email: "decoy@example.invalid",
  addressKey,
  ...noAttributes,
  passwordHash: "",
  createdAt: 0,
  expiresAt: 0,
});

export const decoyUser = (decoyId: string, addressKey: string): User => ({
  id: decoyId,
  username: `?${decoyId}`,
  email: "decoy@example.invalid",
  addressKey: `?${addressKey}`,
  ...noAttributes,
  passwordHash: "",
  createdAt: 0,
  status: "active",
  isStaff: false,
  sessionEpoch: 0,
});

export const decoyChange = ({ id, addressKey, sessionEpoch }: User, newAddressKey: string): EmailChange => ({
  userId: id,
  email: "decoy@example.invalid",
  addressKey: newAddressKey,
  oldAddressKey: addressKey,
  sessionEpoch,
  withUndo: true,
  byStaff: true,
  expiresAt: 0,
});
