/** Who may be here. A session that is over leads to sign-in, and from there back to the page it was on. */
import type { AuthProvider, HttpError } from "ra-core";
import { isSignedIn, signedRequest, signIn, signOut } from "./session.ts";

type Credentials = { email: string; code: string };

const endings: Record<number, string> = {
  401: "Your session has ended. Sign in again to come back to this page.",
  403: "This account is not an administrator.",
};

export const authProvider: AuthProvider = {
  login: ({ email, code }: Credentials) => signIn(email, code),
  logout: async () => signOut(),
  // No message: whoever opens the page has not been signed in yet, and needs no reproach for it.
  checkAuth: () => (isSignedIn() ? Promise.resolve() : Promise.reject({ message: false })),
  checkError: async ({ status }: HttpError) => {
    const ending = endings[status];
    if (ending) throw new Error(ending);
  },
  getIdentity: async () => {
    const { id, email } = await signedRequest("GET /api/v1/auth/user/me/", {});
    return { id, fullName: email };
  },
};
