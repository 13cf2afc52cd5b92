// A project that has installed the package. Only types are checked, so nothing here is called.
import { useSyncExternalStore } from "react";
import {
  AuthError,
  cookieStorage,
  createClient,
  memoryStorage,
  webStorage,
  type CallOptions,
  type Client,
  type ClientCode,
  type ClientOptions,
  type CookieAttributes,
  type ErrorOf,
  type Operations,
  type Result,
  type ResultOf,
  type Session,
  type Snapshot,
  type Storage,
  type User,
} from "lit-auth-client";

const options: ClientOptions = { baseUrl: "https://auth.example.com/prod", storage: memoryStorage() };
const auth: Client = createClient(options);
createClient({ baseUrl: "https://auth.example.com", storage: undefined });
createClient({ baseUrl: "https://auth.example.com", storage: webStorage(localStorage) });
createClient({ baseUrl: "https://auth.example.com", storage: webStorage(() => localStorage) });
// @ts-expect-error An address is needed.
createClient({ storage: memoryStorage() });

type AsyncStorage = {
  getItem: (key: string, callback?: (error: Error | null) => void) => Promise<string | null>;
  setItem: (key: string, value: string) => Promise<void>;
  removeItem: (key: string) => Promise<void>;
};
export const onPhones = (store: AsyncStorage): Storage => webStorage(store);

type CookieJar = {
  get: (name: string) => { value: string } | undefined;
  set: (name: string, value: string, attributes: Partial<CookieAttributes>) => void;
};
export const onServers = async (jar: Promise<CookieJar>): Promise<[Storage, Storage]> => {
  const cookies = await jar;
  const get = (name: string) => cookies.get(name)?.value;
  return [cookieStorage({ get }), cookieStorage({ get, set: (...cookie) => cookies.set(...cookie) })];
};
export const own: Storage = { get: () => null, set: async (_name, _value: string | null) => {} };
// @ts-expect-error A storage gives texts.
export const wrong: Storage = { get: () => 7 };

export const narrowed = async (): Promise<string> => {
  const result = await auth.getMe();
  // @ts-expect-error There may be no data.
  const early: User = result.data;
  if (result.error) return `${early.id} ${result.error.message}`;
  const user: User = result.data;
  const locale: "en" | "de" | "fr" | "es" | "ar" | undefined = user.locale;
  return `${user.username} ${locale}`;
};

export const sentenceOf = (error: ErrorOf<"createToken">): string => {
  switch (error.code) {
    case "sign_in_refused":
    case "too_many_code_guesses":
    case "code_guesses_used_up":
    case "too_many_tries_from_network":
    case "parse_error":
    case "request_too_large":
    case "unsupported_media_type":
    case "throttled":
    case "unexpected_failure":
    case "service_unavailable":
      return `${error.message} ${error.retryAfterSeconds?.toFixed() ?? ""}`;
    case "fields_refused":
      return error.fields.email?.[0] ?? error.fields.otp_code?.join(" ") ?? error.message;
    case "no_answer":
    case "aborted":
    case "unexpected_answer":
    case "request_refused":
      return `${error.status} ${error.requestId ?? ""}`;
    default:
      return error.code satisfies never;
  }
};
// @ts-expect-error The operation has no such code.
export const isFrozen = (error: ErrorOf<"createToken">): boolean => error.code === "account_frozen";
// @ts-expect-error The operation is sent no such field.
export const sentence = (error: ErrorOf<"createToken">) => error.fields.username;

export const anyError = (error: AuthError): string | undefined => error.fields["email"]?.[0] ?? error.code;
export const each = async (signal: AbortSignal): Promise<(string | undefined)[]> => {
  const asked: CallOptions = { signal };
  const { data, error } = await auth.getActivity({ limit: "50", cursor: undefined }, asked);
  const results: Result<unknown, AuthError>[] = [
    await auth.getActivity(),
    await auth.getMe(asked),
    await auth.updateMe({ first_name: "Ada", locale: null }, { signal: undefined }),
    await auth.endSession({ id: data?.results[0]?.id ?? "" }, asked),
    await auth.signOut(asked),
  ];
  const failures = results.flatMap(({ error }) => (error instanceof AuthError ? [anyError(error)] : []));
  return error ? [anyError(error)] : failures;
};

export const forOwnBackEnd = async (): Promise<RequestInit> => {
  const { data, error } = await auth.getAccessToken();
  return error ? {} : { headers: { Authorization: `Bearer ${data}` } };
};

/** What is answered belongs to the caller, so it fits the state of a component. */
export const sessions = async (): Promise<Session[]> => (await auth.listSessions()).data?.results ?? [];

export const useAuth = (): Snapshot =>
  useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getSnapshot);
export const nameOf = (snapshot: Snapshot): string | undefined => {
  switch (snapshot.status) {
    case "signed_in":
      return snapshot.userId + snapshot.sessionId;
    case "signed_out":
      return snapshot.reason satisfies "session_ended" | undefined;
    case "unknown":
      return undefined;
    default:
      return snapshot satisfies never;
  }
};

export const own4xx: ClientCode = "fields_refused";
export const ended: ResultOf<"logout"> = { data: undefined, error: null };
export const sent: Operations["requestOtp"]["sent"] = { email: "ada@example.com", password: "otters" };

export const mistakes = async (): Promise<void> => {
  // @ts-expect-error There is no such operation.
  await auth.signUp({ email: "ada@example.com" });
  // @ts-expect-error Only staff may call this.
  await auth.listUsers();
  // @ts-expect-error The admin page has a session of its own.
  await auth.openAdminSession({});
  // @ts-expect-error The code is missing.
  await auth.createToken({ email: "ada@example.com" });
  // @ts-expect-error Something must be sent.
  await auth.createToken();
  // @ts-expect-error Codes are texts.
  await auth.createToken({ email: "ada@example.com", otp_code: 123456 });
  // @ts-expect-error There is no such member.
  await auth.requestOtp({ email: "ada@example.com", password: "otters", otp: "" });
  // @ts-expect-error There are no such pages.
  await auth.getActivity({ limit: "7" });
  // @ts-expect-error A null is no text.
  await auth.activateUser({ email: "ada@example.com", otp_code: "123 456", first_name: null });
};
