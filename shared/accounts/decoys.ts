/**
 * Stand-ins for what an unknown address does not have. They go through the same calls and fail on
 * the same conditions, so that neither answers nor calls tell which addresses are known. No
 * username has a `?`, so none of them meets a real item.
 */
import type { EmailChange } from "../store/address-items.ts";
import type { Registration, User } from "../store/user-items.ts";

export const decoyRegistration = (addressKey: string, decoyId: string): Registration => ({
  id: decoyId,
  username: `?${decoyId}`,
  email: "nobody@example.invalid",
  addressKey,
  firstName: "",
  lastName: "",
  passwordHash: "",
  createdAt: 0,
  expiresAt: 0,
});

export const decoyUser = (decoyId: string, addressKey: string): User => ({
  id: decoyId,
  username: `?${decoyId}`,
  email: "nobody@example.invalid",
  addressKey: `?${addressKey}`,
  firstName: "",
  lastName: "",
  passwordHash: "",
  createdAt: 0,
  status: "active",
  isStaff: false,
  sessionEpoch: 0,
});

export const decoyChange = ({ id, addressKey, sessionEpoch }: User, newAddressKey: string): EmailChange => ({
  userId: id,
  email: "nobody@example.invalid",
  addressKey: newAddressKey,
  oldAddressKey: addressKey,
  sessionEpoch,
  withUndo: true,
  byStaff: true,
  expiresAt: 0,
});
