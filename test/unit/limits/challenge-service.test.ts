import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { verifyChallenge } from "../../../shared/limits/challenge-service.ts";
import {
  json,
  outages,
  startVerificationService,
  type VerificationService,
} from "../../support/challenge/verification-service.ts";

const token = "0.a-Token_of~the+widget/=";
const secretKey = "the key & of the service";
const solved = { success: true, hostname: "app.example.com", "error-codes": [], challenge_ts: "2026-11-25" };

let service: VerificationService;
let failures: number;
const deps = {
  countFailure: () => {
    failures += 1;
  },
  readSecret: async (id: string) => (id === "the-secret" ? secretKey : "another"),
};

beforeEach(async () => {
  failures = 0;
  service = await startVerificationService();
  vi.stubEnv("CHALLENGE_VERIFY_URL", service.url);
  vi.stubEnv("CHALLENGE_SECRET_ID", "the-secret");
  vi.stubEnv("CHALLENGE_HOSTNAMES", "App.example.com, login.example.com");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await service.stop();
});

const verdictOn = (body: unknown, status?: number) => {
  service.answer(json(body, status));
  return verifyChallenge(token, "register", deps);
};

describe("challenge service", () => {
  it("gets the secret key and token in the body, nothing else [ASVS 14.2.3]", async () => {
    expect(await verdictOn(solved)).toBe("solved");
    const [asked] = service.asked;
    expect(asked).toMatchObject({ method: "POST", url: "/siteverify" });
    expect(asked?.form).toEqual({ secret: secretKey, response: token });
    expect(asked?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    const headers = JSON.stringify(asked?.headers);
    for (const kept of [token, secretKey, "forwarded", "authorization", "cookie"])
      expect(headers.toLowerCase()).not.toContain(kept.toLowerCase());
    expect([service.asked.length, failures]).toEqual([1, 0]);
  });

  it("is believed only about the pages of the setting, in any case", async () => {
    for (const hostname of ["app.example.com", "APP.EXAMPLE.COM", "login.example.com"])
      expect(await verdictOn({ ...solved, hostname })).toBe("solved");
    for (const hostname of [
      "example.com",
      "evil.example",
      "xapp.example.com",
      "app.example.com.evil.example",
    ])
      expect(await verdictOn({ ...solved, hostname })).toBe("refused");
    for (const hostname of ["", null, undefined, ",", "not-provided"])
      expect(await verdictOn({ ...solved, hostname })).toBe("refused");
    expect(failures).toBe(0);
  });

  it("is believed only about the operation, if it returns an action", async () => {
    for (const action of ["register", "", null, undefined])
      expect(await verdictOn({ ...solved, action })).toBe("solved");
    for (const action of ["reset_password", "REGISTER", "login"])
      expect(await verdictOn({ ...solved, action })).toBe("refused");
    service.answer(json({ ...solved, action: "reset_password" }));
    expect(await verifyChallenge(token, "reset_password", deps)).toBe("solved");
  });

  it("refuses wrong, late and replayed tokens, and those of other sites", async () => {
    for (const code of [
      "invalid-input-response",
      "timeout-or-duplicate",
      "already-seen-response",
      "sitekey-secret-mismatch",
      "bad-request",
    ])
      for (const status of [200, 400])
        expect(await verdictOn({ success: false, "error-codes": [code] }, status)).toBe("refused");
    expect(await verdictOn({ success: false })).toBe("refused");
    expect(await verdictOn(solved, 403)).toBe("refused");
    expect(failures).toBe(0);
  });

  it.each(outages)("is counted as a failure and not asked again if it %s", async (_, answer) => {
    service.answer(answer);
    // Far above two seconds: on a busy machine this only tells a timeout from endless waiting.
    const start = performance.now();
    expect(await verifyChallenge(token, "register", deps)).toBe("unanswered");
    expect(performance.now() - start).toBeLessThan(20_000);
    expect([failures, service.asked.length]).toEqual([1, 1]);
  });

  it("is counted as a failure if it or the secret is missing", async () => {
    const readSecret = () => Promise.reject(new Error("no version of this secret"));
    expect(await verifyChallenge(token, "register", { ...deps, readSecret })).toBe("unanswered");
    expect([failures, service.asked.length]).toEqual([1, 0]);
    vi.stubEnv("CHALLENGE_VERIFY_URL", "http://127.0.0.1:1/siteverify");
    expect(await verifyChallenge(token, "register", deps)).toBe("unanswered");
    expect(failures).toBe(2);
  });
});
