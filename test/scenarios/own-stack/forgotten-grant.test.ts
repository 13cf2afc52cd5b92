// Tests deployments with a forgotten grant, a reserved concurrency and an earlier issuer.
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { tokenSigner } from "../../../shared/sessions/tokens.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { call, succeed, type Answer } from "../../support/calls/api.ts";
import { opened, withCookie } from "../../support/people/admin-page-session.ts";
import { presetAccount, useStack } from "../../support/presets/presets.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { activated, loginCode, resetCode } from "../../support/people/people.ts";

type Statement = {
  Action: string | string[];
  Resource: unknown;
  Condition?: { "ForAllValues:StringLike"?: { "dynamodb:LeadingKeys": string[] } };
};
type Policy = { PolicyDocument: { Statement: Statement[] } };

const statementsOf = (stacks: SynthesisedStack[], functionName: string): Statement[] =>
  stacks
    .flatMap(({ template }) => Object.entries(template.Resources))
    .filter(([id, { Type }]) => Type === "AWS::IAM::Policy" && id.startsWith(functionName))
    .flatMap(([, { Properties }]) => (Properties as Policy).PolicyDocument.Statement);

// Removes one action from one function's policy.
const withoutAction = (stacks: SynthesisedStack[], functionName: string, action: string) => {
  const granting = statementsOf(stacks, functionName).find(({ Action }) => [Action].flat().includes(action));
  if (!granting) throw new Error(`${functionName} was never granted ${action}`);
  granting.Action = [granting.Action].flat().filter((name) => name !== action);
};

// Removes one kind of items from one function's policy.
const withoutKind = (stacks: SynthesisedStack[], functionName: string, pattern: string) => {
  const keysIn = ({ Condition }: Statement) => Condition?.["ForAllValues:StringLike"];
  const granting = statementsOf(stacks, functionName)
    .map(keysIn)
    .filter((keys) => keys?.["dynamodb:LeadingKeys"].includes(pattern));
  if (granting.length === 0) throw new Error(`${functionName} was never granted ${pattern}`);
  for (const keys of granting) if (keys) keys["dynamodb:LeadingKeys"] = ["none#*"];
};

const earlierIssuer = "https://abc.execute-api.eu-central-1.amazonaws.com/prod";
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({
    settings: { HASHING_CONCURRENCY: "2", ISSUERS_ACCEPTED: `https://older.example,${earlierIssuer}` },
    alter: (stacks) => {
      withoutAction(stacks, "CreateToken", "dynamodb:PutItem");
      withoutKind(stacks, "ConfirmPasswordReset", "reset#*");
    },
  });
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

describe("forgotten grant", () => {
  it("fails with AWS's error in the log, hidden from the caller [ASVS 13.2.2, 16.3.4, 16.5.1]", async () => {
    const person = await activated();
    const answer = await call("createToken", { email: person.email, otp_code: await loginCode(person) });
    expectRefused(answer, "unexpected_failure");
    const { log } = await logWith(stack, "CreateToken", ["AccessDeniedException"]);
    expect(log).toMatch(/is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:/);
  });

  it("of a kind fails too, and the log names the kind", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const answer = await call("confirmPasswordReset", {
      email: person.email,
      otp_code,
      new_password: newPassword(),
    });
    expectRefused(answer, "unexpected_failure");
    const { log } = await logWith(stack, "ConfirmPasswordReset", ["AccessDeniedException"]);
    expect(log).toMatch(/allows the dynamodb:Query action on keys that begin with reset#"/);
  });
});

describe("function at its HASHING_CONCURRENCY", () => {
  /** Starts two calls that stay in the function until `release`. */
  const twoCalls = async () => {
    const { email, password } = await presetAccount(stack);
    const hold = stack.faults.add({ principal: "RequestOtp", delayMilliseconds: 60_000, times: 2 });
    const running = [1, 2].map(() => call("requestOtp", { email, password }));
    await eventually("two calls in the function", () => hold.struck() === 2 || undefined);
    return { email, password, running, release: hold.remove };
  };

  const expectBusy = (answer: Answer) => {
    expectRefused(answer, "service_unavailable");
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  };

  it("answers one call more with 503, and the others as ever", async () => {
    const { email, password, running, release } = await twoCalls();
    expectBusy(await call("requestOtp", { email, password }));
    release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    await succeed("requestOtp", { email, password });
  });

  it("answers 503 if it crashes, and the crash is in its log", async () => {
    const { email, password, running, release } = await twoCalls();
    for (const pid of stack.processes().functions["RequestOtp"] ?? []) process.kill(pid, "SIGKILL");
    for (const answer of await Promise.all(running)) expectBusy(answer);
    release();
    await logWith(stack, "RequestOtp", ["Runtime exited with signal SIGKILL"]);
    await succeed("requestOtp", { email, password });
  });
});

describe("earlier issuer", () => {
  const signedBy = async (issuer: string, isStaff = false) => {
    const { id } = await presetAccount(stack, { isStaff });
    useStack(stack.folder);
    process.env["PUBLIC_URL"] = issuer;
    const [signer, sessions] = [tokenSigner(), sessionStore()];
    return {
      ...(await signer.pair(await sessions.create(id, 0, "Unknown device"))),
      ...(await signer.staffPair(await sessions.create(id, 0, "Unknown device"))),
    };
  };
  const issuerOf = (token: string) => decodeJwt(token).iss;

  it("is accepted, and a refresh gives the present one, twice the same", async () => {
    const { access, refresh } = await signedBy(earlierIssuer);
    await succeed("getMe", undefined, { token: access });
    await succeed("verifyToken", { token: refresh });
    const renewed = await succeed("refreshToken", { refresh });
    expect([issuerOf(refresh), issuerOf(renewed.refresh), issuerOf(renewed.access)]).toEqual([
      earlierIssuer,
      stack.url,
      stack.url,
    ]);
    expect((await succeed("refreshToken", { refresh })).refresh).toBe(renewed.refresh);
    await succeed("getMe", undefined, { token: renewed.access });
    expect((await call("logout", { refresh: renewed.refresh })).status).toBe(204);
  });

  it("of the admin page's cookie is accepted and replaced", async () => {
    const { staffToken } = await signedBy(earlierIssuer, true);
    const { token } = opened(await call("openAdminSession", {}, withCookie(staffToken)));
    expect(issuerOf(token)).toBe(stack.url);
    expect((await call("endAdminSession", undefined, withCookie(token))).status).toBe(204);
  });

  it("is refused if it is not listed letter by letter", async () => {
    for (const issuer of [`${earlierIssuer}/`, "https://older.example/prod", "https://unknown.example"]) {
      const { access, refresh } = await signedBy(issuer);
      expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
      expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
    }
  });
});
