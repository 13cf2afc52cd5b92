// Made from the contract by `npm run client`. Edit shared/contract/ instead.
import type { Operations } from "./operations.ts";

/** Method and path. Flags: `u` needs a session, `d` reads a device token, `i` has input. */
export const routes = {
  getKeys: "GET /.well-known/jwks.json",
  getConfiguration: "GET /.well-known/openid-configuration",
  createToken: "POST /api/v1/auth/jwt/create/ di",
  logout: "POST /api/v1/auth/jwt/logout/ i",
  refreshToken: "POST /api/v1/auth/jwt/refresh/ i",
  verifyToken: "POST /api/v1/auth/jwt/verify/ i",
  createUser: "POST /api/v1/auth/user/ i",
  activateUser: "POST /api/v1/auth/user/activation/ di",
  getMe: "GET /api/v1/auth/user/me/ u",
  updateMe: "PATCH /api/v1/auth/user/me/ ui",
  deleteMe: "DELETE /api/v1/auth/user/me/ ui",
  getActivity: "GET /api/v1/auth/user/me/activity/ ui",
  exportMe: "GET /api/v1/auth/user/me/export/ u",
  listSessions: "GET /api/v1/auth/user/me/sessions/ u",
  endOtherSessions: "DELETE /api/v1/auth/user/me/sessions/ u",
  endSession: "DELETE /api/v1/auth/user/me/sessions/{id}/ ui",
  requestOtp: "POST /api/v1/auth/user/otp/ di",
  resetPassword: "POST /api/v1/auth/user/reset_password/ i",
  confirmPasswordReset: "POST /api/v1/auth/user/reset_password_confirm/ i",
  setEmail: "POST /api/v1/auth/user/set_email/ ui",
  claimEmail: "POST /api/v1/auth/user/set_email_claim/ i",
  confirmEmail: "POST /api/v1/auth/user/set_email_confirm/ ui",
  undoEmail: "POST /api/v1/auth/user/set_email_undo/ i",
  setPassword: "POST /api/v1/auth/user/set_password/ ui",
} as const satisfies Record<keyof Operations, string>;
