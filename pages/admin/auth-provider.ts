import type { AuthProvider, HttpError } from "ra-core";
import { isSignedIn, signedRequest, signIn, signOut } from "./session.ts";

type Credentials = { email: string; code: string };

const endings: Record<number, string> = {
  401: "Your session has ended. Sign in again to return to this page.",
  403: "This account is not an administrator.",
};

export const authProvider: AuthProvider = {
  login: ({ email, code }: Credentials) => signIn(email, code),
  logout: async () => signOut(),
  // No error message: opening the page without being signed in is normal.
  checkAuth: async () => ((await isSignedIn()) ? undefined : Promise.reject({ message: false })),
  checkError: async ({ status }: HttpError) => {
    const ending = endings[status];
    if (ending) throw new Error(ending);
  },
  getIdentity: async () => {
    const { id, email } = await signedRequest("GET /api/v1/auth/user/me/", {});
    return { id, fullName: email };
  },
};
