import { randomUUID } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { callerStore } from "../../../shared/sessions/callers.ts";
import { documents } from "../../support/store/documents.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { sessionEpochStore } from "../../../shared/sessions/session-epoch-store.ts";
import {
  acceptsJti,
  graceSeconds,
  sessionStore,
  type Session,
} from "../../../shared/sessions/session-store.ts";
import {
  createSigningKey,
  publicKeySet,
  rotateSigningKeys,
  type PrivateKey,
  type SigningKeys,
} from "../../../shared/keys/signing-keys.ts";
import { tokenSigner, tokenVerifier } from "../../../shared/sessions/tokens.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser } from "../../support/people/stored-people.ts";
import { runs } from "../../support/store/property-runs.ts";

const day = 86_400;

type Token = { jti: string; jwt: string; expiresAt: number };
/** The expected state of one session, derived from the steps and not from what is stored. */
type Model = {
  tokens: Token[];
  rotatedAt: number;
  createdAt: number;
  expiresAt: number;
  over: boolean;
};

// All runs share these keys, because making an RSA key takes a tenth of a second.
const keys: PrivateKey[] = [];
beforeAll(async () => {
  Object.assign(process.env, {
    SIGNING_KEYS_ID: "signing",
    VERIFICATION_KEYS_ID: "verification",
    PUBLIC_URL: "https://auth.example",
    ISSUERS_ACCEPTED: "off",
    TOKEN_AUDIENCE: "lit-auth",
    ACCESS_TOKEN_LIFETIME_SECONDS: "900",
  });
  for (let made = 0; made < 8; made += 1) keys.push(await createSigningKey());
});

const world = async () => {
  const clock = fakeClock();
  const user = await activeUser(clock.now);
  const [current, next, ...unused] = keys;
  if (!current || !next) throw new Error("no keys");
  const state = {
    user,
    live: new Map<string, Model>(),
    disabled: false,
    ring: { current, next, previous: [] } as SigningKeys,
    unused,
  };
  const read = async (id: string) => JSON.stringify(id === "signing" ? state.ring : publicKeySet(state.ring));
  return {
    clock,
    state,
    sessions: sessionStore(clock.now),
    callers: callerStore(clock.now),
    signer: tokenSigner(clock.now, read),
    verifier: tokenVerifier(clock.now, read),
  };
};
type World = Awaited<ReturnType<typeof world>>;

const modelAt = ({ state }: World, index: number): [string, Model] | undefined => {
  const entries = [...state.live];
  return entries[index % Math.max(1, entries.length)];
};

const issued = async ({ signer }: World, session: Session): Promise<Token> => {
  const { jti, expiresAt } = session;
  return { jti, expiresAt, jwt: (await signer.pair(session)).refresh };
};

const isValid = ({ clock }: World, { over, expiresAt }: Model) => !over && expiresAt > clock.now();

/** Applies one use of a token to the model and returns what the store must do. */
const present = (
  at: World,
  model: Model,
  { jti, expiresAt }: Token,
): { same: string } | "rotates" | "over" | "expired" => {
  const now = at.clock.now();
  // An expired token is refused before the table is read, even if its session is still valid.
  if (expiresAt <= now) return "expired";
  if (!isValid(at, model)) return "over";
  const [current, previous] = model.tokens.toReversed();
  const settled = now - model.rotatedAt >= graceSeconds;
  if (jti === current?.jti) return settled || model.tokens.length === 1 ? "rotates" : { same: jti };
  if (jti === previous?.jti && !settled && current) return { same: current.jti };
  model.over = true;
  return "over";
};

const rotated = async (at: World, model: Model, session: Session) => {
  const now = at.clock.now();
  expect(session.expiresAt).toBe(Math.min(now + 7 * day, model.createdAt + 30 * day));
  model.tokens.push(await issued(at, session));
  model.rotatedAt = now;
  model.expiresAt = session.expiresAt;
};

const checkSessions = async (at: World) => {
  for (const [sessionId, model] of at.state.live) {
    const found = await at.callers.find({
      userId: at.state.user.id,
      sessionId,
    });
    const valid = isValid(at, model) && !at.state.disabled;
    expect(typeof found !== "string").toBe(valid);
    if (typeof found !== "string")
      expect(acceptsJti(found.session, model.tokens.at(-1)?.jti ?? "", at.clock.now())).toBe(true);
  }
};

const index = fc.nat(3);
const refreshing = fc.record({
  do: fc.constant("refresh" as const),
  index,
  // Counts back from the current token.
  age: fc.constantFrom(0, 0, 1, 1, 2, 4),
  // Several present the same token at once.
  callers: fc.constantFrom(1, 1, 2, 5),
});
const waiting = fc.record({
  do: fc.constant("wait" as const),
  seconds: fc.constantFrom(1, 29, 30, 30, 31, 3600, 3 * day, 4 * day),
});
const step = fc.oneof(
  { weight: 8, arbitrary: refreshing },
  { weight: 5, arbitrary: waiting },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("rotateKey" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("create" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("signOut" as const, "endOthers" as const), index }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("disable" as const, "enable" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const setStatus = async ({ state }: World, status: "active" | "disabled") => {
  await documents().send(
    new UpdateCommand({
      TableName: process.env["USERS_TABLE"],
      Key: { pk: userPk(state.user.id) },
      UpdateExpression: "SET #status = :status",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":status": status },
    }),
  );
  state.disabled = status === "disabled";
};

const create = async (at: World) => {
  const session = await at.sessions.create(at.state.user.id, at.state.user.sessionEpoch, "");
  const { sessionId, createdAt, expiresAt } = session;
  const tokens = [await issued(at, session)];
  at.state.live.set(sessionId, { tokens, rotatedAt: createdAt, createdAt, expiresAt, over: false });
};

const refresh = async (at: World, { index: which, age, callers }: Extract<Step, { do: "refresh" }>) => {
  const [sessionId, model] = modelAt(at, which) ?? [];
  if (!sessionId || !model) return;
  const token = model.tokens.at(-1 - Math.min(age, model.tokens.length - 1));
  // The store still rotates a session of an ended epoch. The account, read beside it, refuses it.
  if (model.over || !token) return;
  const expected = present(at, model, token);
  const verified = await at.verifier.verify(token.jwt, ["refresh"]);
  // The reason is `invalid` if its signing key has been dropped by then.
  if (expected === "expired") return expect(typeof verified).toBe("string");
  // Rotating the keys, however often, must not invalidate a token before its expiry.
  if (typeof verified === "string") throw new Error(`an unexpired token is ${verified}`);
  const answers = await Promise.all(Array.from({ length: callers }, () => at.sessions.rotate(verified)));
  const given = answers.filter((answer) => typeof answer === "object" && "jti" in answer);
  if (expected === "over") {
    expect(given).toEqual([]);
    expect(answers.filter((answer) => typeof answer === "object").length).toBeLessThanOrEqual(1);
    return;
  }
  // All racing callers get the same token.
  expect(given).toHaveLength(callers);
  const [first] = given;
  if (!first || new Set(given.map((session) => session.jti)).size !== 1) throw new Error("the family forked");
  if (expected === "rotates") await rotated(at, model, first);
  else expect(first.jti).toBe(expected.same);
};

const run = async (at: World, command: Step) => {
  switch (command.do) {
    case "create":
      return create(at);
    case "refresh":
      return refresh(at, command);
    case "signOut": {
      const [sessionId, model] = modelAt(at, command.index) ?? [];
      if (!sessionId || !model || model.over) return;
      const ended = await at.sessions.end(at.state.user.id, sessionId);
      expect(ended).toBe(isValid(at, model) ? "ended" : "not_found");
      model.over = true;
      return;
    }
    case "endOthers": {
      const [sessionId, model] = modelAt(at, command.index) ?? [];
      if (!sessionId || !model || !isValid(at, model)) return;
      const { id } = at.state.user;
      const session = (await at.sessions.list(id)).find((one) => one.sessionId === sessionId);
      if (!session) throw new Error("a valid session is not listed");
      expect(await sessionEpochStore().endOthers(at.state.user, session, randomUUID())).toBe("ended");
      at.state.user = { ...at.state.user, sessionEpoch: at.state.user.sessionEpoch + 1 };
      for (const [other, otherModel] of at.state.live) if (other !== sessionId) otherModel.over = true;
      return;
    }
    case "wait":
      return at.clock.pass(command.seconds);
    case "rotateKey": {
      const next = at.state.unused.shift();
      if (next) at.state.ring = rotateSigningKeys(at.state.ring, next, at.clock.now(), 7 * day);
      return;
    }
    case "disable":
    case "enable":
      return setStatus(at, command.do === "disable" ? "disabled" : "active");
  }
};

describe("session lifecycle", () => {
  it("agrees with a model for any steps and concurrent callers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (path) => {
        const at = await world();
        await create(at);
        for (const command of path) {
          await run(at, command);
          await checkSessions(at);
        }
      }),
      { numRuns: runs(12) },
    );
  });

  it("is consistent when sign-out, refresh, replay and ending others race", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 4, maxLength: 16 }), async (order) => {
        const at = await world();
        const mine = await at.sessions.create(at.state.user.id, 0, "");
        const other = await at.sessions.create(at.state.user.id, 0, "");
        const rotate = ({ userId, sessionId, jti, createdAt }: Session) =>
          at.sessions.rotate({ userId, sessionId, jti, sessionCreatedAt: createdAt });
        let signedOut = false;
        const acts = [
          () => rotate(mine),
          () => rotate(other),
          () => sessionEpochStore().endOthers(at.state.user, mine, randomUUID()),
          async () => {
            signedOut = true;
            return at.sessions.end(other.userId, other.sessionId);
          },
        ];
        const results = await Promise.all(
          order.map(async (which) => [which, await acts[which]?.()] as const),
        );
        const successors = (which: number) =>
          new Set(
            results
              .filter(([act]) => act === which)
              .flatMap(([, result]) => (typeof result === "object" && "jti" in result ? [result.jti] : [])),
          );
        expect(successors(0).size).toBeLessThanOrEqual(1);
        expect(successors(1).size).toBeLessThanOrEqual(1);
        // Of several calls that end the other sessions of one epoch, exactly one succeeds.
        expect(results.filter(([act, result]) => act === 2 && result === "ended").length).toBe(
          order.includes(2) ? 1 : 0,
        );
        const isOpen = async ({ userId, sessionId }: Session) =>
          typeof (await at.callers.find({
            userId,
            sessionId,
          })) !== "string";
        expect(await isOpen(mine)).toBe(true);
        expect(await isOpen(other)).toBe(!signedOut && !order.includes(2));
      }),
      { numRuns: runs(10) },
    );
  });

  it("gives sessions that are created in parallel different ids", async () => {
    const at = await world();
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => at.sessions.create(at.state.user.id, 0, "")),
    );
    expect(new Set(ids.map(({ sessionId }) => sessionId)).size).toBe(20);
    expect(await at.sessions.list(at.state.user.id)).toHaveLength(20);
    await at.sessions.removeAll(at.state.user.id);
    expect(await at.sessions.list(at.state.user.id)).toEqual([]);
    expect(await at.sessions.end(at.state.user.id, randomUUID())).toBe("not_found");
  });
});
