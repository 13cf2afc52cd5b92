// The session of the admin page. A script there gets access tokens only: what renews them is in a
// cookie that it can't read.
import { codeGuessErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const path = "/api/v1/admin/session/";

export const openAdminSession = {
  name: "openAdminSession",
  method: "POST",
  path,
  caller: "public",
  summary:
    "For the admin page only: sign in an administrator with the code from the email, or with an empty object continue the session of the cookie; returns an access token",
  body: schemas.bothOrNone({ email: schemas.email, otp_code: schemas.shortCode }),
  readsDeviceToken: true,
  issuesDeviceToken: "sometimes",
  keepsStaffCookie: true,
  success: { status: 200, body: schemas.tokenPair.pick({ access: true }) },
  errors: ["foreign_origin", "sign_in_refused", "permission_denied", "token_not_valid", ...codeGuessErrors],
} as const satisfies Operation;

export const endAdminSession = {
  name: "endAdminSession",
  method: "DELETE",
  path,
  caller: "public",
  summary: "For the admin page only: end the session of the cookie, if there is one, and remove the cookie",
  keepsStaffCookie: true,
  success: { status: 204 },
  errors: ["foreign_origin", "unsupported_media_type", "token_not_valid"],
} as const satisfies Operation;
