// The service's rules for sessions, in this process, and the faults of networks. It signs nothing.
import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeEach, vi } from "vitest";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import { errors, type ErrorCode } from "../../../shared/contract/errors.ts";
import type { Operation } from "../../../shared/contract/operation.ts";

type Claims = { sub: string; sid: string; jti: string; iat: number; exp: number; token_type: string };

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (claims: Claims) => `${encode({ alg: "none" })}.${encode(claims)}.unsigned`;
export const claimsOf = (token: string): Claims => {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  } catch {
    return { sub: "", sid: "", jti: "", iat: 0, exp: 0, token_type: "" };
  }
};

export type ServedSession = {
  id: string;
  userId: string;
  jti: string;
  issuedAt: number;
  previousJti?: string;
  rotatedAt?: number;
  endedBy?: "logout" | "replay" | "owner" | "test";
  /** All refresh tokens that it has had, oldest first. */
  refreshTokens: string[];
};

export type Call = {
  name: OperationName;
  method: string;
  url: URL;
  headers: Headers;
  body: Record<string, unknown> | undefined;
  /** The person of the token in the request, as bearer or in its body. */
  userId: string | undefined;
  sessionId: string | undefined;
  keepalive: boolean;
  init: RequestInit;
};

/** Replaces what happens to one request. `act` does and answers what the service would. */
export type Fault = (act: () => Response, call: Call) => Response | Promise<Response>;

const lost = () => new TypeError("fetch failed");
export const lostBefore: Fault = () => {
  throw lost();
};
export const lostAfter: Fault = (act) => {
  act();
  throw lost();
};
export const hanging: Fault = () => new Promise(() => {});
export const hangingAfter: Fault = (act) => {
  act();
  return new Promise(() => {});
};
/** Its text needs no turn of the event loop, which would be a time that no test can move. */
export const json = (status: number, body?: unknown, headers: Record<string, string> = {}): Response => {
  const text = body === undefined ? null : JSON.stringify(body);
  const response = new Response(text, { status, headers });
  return Object.assign(response, { text: async () => text ?? "", json: async () => JSON.parse(text ?? "") });
};
export const answer =
  (status: number, body?: unknown, headers: Record<string, string> = {}): Fault =>
  () =>
    json(status, body, headers);
export const text =
  (status: number, body: string | null, headers: Record<string, string> = {}): Fault =>
  () =>
    new Response(body, { status, headers });
export const refusal = (code: ErrorCode): Response =>
  json(errors[code].status, { detail: errors[code].detail, code }, { "x-request-id": "request-1" });
export const refused =
  (code: ErrorCode): Fault =>
  () =>
    refusal(code);

/** Stops a request before or after the service acts, until the test opens it. */
export const gate = (stopsAfter = false) => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const fault: Fault = async (act) => {
    const early = stopsAfter ? act() : undefined;
    arrive();
    await opened;
    return early ?? act();
  };
  return { fault, open, arrived };
};

const routes = (Object.values(contract) as (Operation & { name: OperationName })[])
  .filter(({ path }) => !path.startsWith("/api/v1/admin"))
  .map((operation) => ({
    operation,
    pattern: new RegExp(`${operation.path.replace(/[.]/g, "\\.").replace("{id}", "([^/]+)")}$`),
  }));

export const graceSeconds = 30;
export const goodCode = "123456";
export const emailOf = (person: string) => `${person}@example.com`;

export class FakeService {
  accessSeconds = 900;
  readonly calls: Call[] = [];
  readonly sessions = new Map<string, ServedSession>();
  readonly replays: { session: ServedSession; call: Call | undefined }[] = [];
  readonly inactive = new Set<string>();
  readonly deleted = new Set<string>();
  /** Applies to every request for which no fault waits. */
  everyRequest: Fault = (act) => act();
  #faults: { name: OperationName; fault: Fault }[] = [];
  #deviceTokens = 0;
  readonly #started = performance.now();

  /** The device's clock may be wrong, so this one counts for itself. */
  now = (): number => 1_700_000_000 + Math.floor((performance.now() - this.#started) / 1000);

  /** The next request for this operation without an earlier fault meets this one. */
  once(name: OperationName, fault: Fault): void {
    this.#faults.push({ name, fault });
  }

  named(name: OperationName): Call[] {
    return this.calls.filter((call) => call.name === name);
  }

  live(): ServedSession[] {
    return [...this.sessions.values()].filter(({ endedBy }) => !endedBy);
  }

  signIn(userId: string): { access: string; refresh: string; session: ServedSession } {
    const session: ServedSession = {
      id: randomUUID(),
      userId,
      jti: randomUUID(),
      issuedAt: this.now(),
      refreshTokens: [],
    };
    this.sessions.set(session.id, session);
    return { ...this.#pair(session), session };
  }

  #pair(session: ServedSession) {
    const { userId: sub, id: sid, jti, issuedAt } = session;
    const iat = this.now();
    const weekSeconds = 7 * 86_400;
    const refresh = tokenOf({
      sub,
      sid,
      jti,
      iat: issuedAt,
      exp: issuedAt + weekSeconds,
      token_type: "refresh",
    });
    if (session.refreshTokens.at(-1) !== refresh) session.refreshTokens.push(refresh);
    const exp = iat + this.accessSeconds;
    const access = tokenOf({ sub, sid, jti: randomUUID(), iat, exp, token_type: "access" });
    return { refresh, access };
  }

  /** Exchanges a refresh token as shared/sessions/session-store.ts does. */
  rotate(refresh: string, call?: Call): { refresh: string; access: string } | undefined {
    const { sid, jti, exp } = claimsOf(refresh);
    const session = this.sessions.get(sid);
    const now = this.now();
    if (!session || session.endedBy || exp <= now || this.inactive.has(session.userId)) return undefined;
    const isSettled = session.rotatedAt === undefined || now - session.rotatedAt >= graceSeconds;
    if (session.jti === jti && isSettled)
      Object.assign(session, { previousJti: jti, jti: randomUUID(), issuedAt: now, rotatedAt: now });
    else if (session.jti !== jti && (session.previousJti !== jti || isSettled)) {
      session.endedBy = "replay";
      this.replays.push({ session, call });
      return undefined;
    }
    return this.#pair(session);
  }

  #act(call: Call): Response {
    const { name, body = {} } = call;
    const operation: Operation = contract[name];
    const refresh = String(body["refresh"]);
    if (name === "refreshToken") {
      const pair = this.rotate(refresh, call);
      return pair ? json(200, pair) : refusal("token_not_valid");
    }
    if (name === "logout") {
      const session = this.sessions.get(claimsOf(refresh).sid);
      if (session) session.endedBy ??= "logout";
      return json(204);
    }
    const device = () => ({ "x-device-token": `device-token-${(this.#deviceTokens += 1)}` });
    if (name === "createToken") {
      if (body["otp_code"] !== goodCode) return refusal("sign_in_refused");
      const { access, refresh } = this.signIn(String(body["email"]).split("@")[0] ?? "");
      return json(201, { access, refresh }, device());
    }
    if (operation.caller === "user") {
      const caller = this.#caller(call);
      if (typeof caller === "string") return refusal(caller);
      const { userId, id: sid } = caller;
      const others = this.live().filter(({ userId: of, id }) => of === userId && id !== sid);
      const end = (sessions: (ServedSession | undefined)[]) =>
        sessions.forEach((session) => session && (session.endedBy ??= "owner"));
      if (name === "endOtherSessions" || name === "setPassword") end(others);
      if (name === "deleteMe") {
        end([caller, ...others]);
        this.deleted.add(userId);
      }
      if (name === "endSession") {
        const ended = this.sessions.get(call.url.pathname.split("/").at(-2) ?? "");
        if (!ended || ended.endedBy || ended.userId !== userId) return refusal("not_found");
        end([ended]);
      }
      const user = { id: userId, username: userId, first_name: "", last_name: "", results: [] };
      const email = `${name === "confirmEmail" ? "new-" : ""}${emailOf(userId)}`;
      if (operation.success.status === 200)
        return json(200, { ...user, email }, operation.issuesDeviceToken ? device() : {});
    }
    const headers = operation.issuesDeviceToken ? device() : {};
    const { status } = operation.success;
    return json(status, status === 204 ? undefined : { email: body["email"] }, headers);
  }

  #caller({ headers }: Call): ServedSession | ErrorCode {
    const [, access] = headers.get("authorization")?.split(" ") ?? [];
    if (!access) return "not_authenticated";
    const { sid, sub, exp, token_type } = claimsOf(access);
    if (token_type !== "access" || exp <= this.now()) return "token_not_valid";
    if (this.deleted.has(sub)) return "user_not_found";
    if (this.inactive.has(sub)) return "user_inactive";
    const session = this.sessions.get(sid);
    return session && !session.endedBy ? session : "token_not_valid";
  }

  readonly #call = (input: string | URL | Request, init: RequestInit): Call => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init.method ?? "GET";
    const found = routes.find(
      ({ operation, pattern }) => operation.method === method && pattern.test(url.pathname),
    );
    if (!found) throw new Error(`no operation has ${method} ${url.pathname}`);
    const headers = new Headers(init.headers);
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const token = body?.refresh ?? headers.get("authorization")?.split(" ")[1];
    const { sub, sid } = typeof token === "string" ? claimsOf(token) : {};
    return {
      name: found.operation.name,
      method,
      url,
      headers,
      body,
      userId: sub,
      sessionId: sid,
      keepalive: init.keepalive ?? false,
      init,
    };
  };

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { signal } = init;
    signal?.throwIfAborted();
    const call = this.#call(input, init);
    this.calls.push(call);
    const index = this.#faults.findIndex(({ name }) => name === call.name);
    const fault = this.#faults.splice(index, index < 0 ? 0 : 1)[0]?.fault ?? this.everyRequest;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", abort);
    try {
      return await Promise.race([fault(() => this.#act(call), call), aborted]);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}

/** A new service for each test. Digests take no real time, so that runs can be repeated. */
export const useFakeService = (): { service: FakeService } => {
  const current = {} as { service: FakeService };
  beforeEach(() => {
    current.service = new FakeService();
    vi.stubGlobal("fetch", current.service.fetch);
    vi.spyOn(crypto.subtle, "digest").mockImplementation(async (_, data) => {
      const digest = createHash("sha256")
        .update(new Uint8Array(data as ArrayBuffer))
        .digest();
      return new Uint8Array(digest).buffer;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  return current;
};
