// Calls the session of the admin page as a browser does there.
import { expect } from "vitest";
import { succeed, call, type Answer } from "../calls/api.ts";
import { codeTo, lettersTo } from "../mail/letters.ts";
import type { Person } from "./people.ts";

export const staffCookieName = "__Host-lit-staff";

export const staffCookieOf = ({ headers }: Answer): string =>
  headers.getSetCookie().find((cookie) => cookie.startsWith(`${staffCookieName}=`)) ?? "";

export const tokenIn = (cookie: string): string => /=([^;]*)/.exec(cookie)?.[1] ?? "";

export const withCookie = (token: string) => ({ headers: { cookie: `${staffCookieName}=${token}` } });

export const adminCode = async ({ email, password }: Pick<Person, "email" | "password">): Promise<string> => {
  const letters = (await lettersTo(email)).length;
  await succeed("requestOtp", { email, password });
  return codeTo(email, letters + 1);
};

type Opened = { answer: Answer; access: string; token: string };
export const opened = (answer: Answer): Opened => {
  expect(answer.status, answer.text).toBe(200);
  const { access } = answer.body as { access: string };
  expect(answer.body).toEqual({ access: expect.any(String) });
  return { answer, access, token: tokenIn(staffCookieOf(answer)) };
};

export const openAdminSession = async (person: Pick<Person, "email" | "password">): Promise<Opened> =>
  opened(await call("openAdminSession", { email: person.email, otp_code: await adminCode(person) }));
