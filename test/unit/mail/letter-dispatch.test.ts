import { describe, expect, it, vi } from "vitest";
import { dispatchLetter } from "../../../shared/mail/letter-dispatch.ts";
import { neverCalled } from "../../support/assert/never-called.ts";

type Deps = Parameters<typeof dispatchLetter>[1];
type Sent = { to: string; text: string };

const known = (email: string) => ({ email, addressKey: `key of ${email}` });

const mailer = (overrides: Partial<Deps>) => {
  const sent: Sent[] = [];
  const tagged: string[][] = [];
  const deps: Deps = {
    users: neverCalled("users"),
    codes: neverCalled("codes"),
    addressChanges: neverCalled("addressChanges"),
    undoing: { find: async () => undefined },
    registrations: neverCalled("registrations"),
    resets: neverCalled("resets"),
    limits: neverCalled("limits"),
    stops: { holdBack: async () => false },
    ending: neverCalled("ending"),
    moves: neverCalled("moves"),
    enqueueLetter: neverCalled("enqueueLetter"),
    formerAddresses: neverCalled("formerAddresses"),
    createCode: () => "012345",
    codeDigest: async (itemKey, purpose, code) => `${itemKey}|${purpose}|${code}`,
    sendEmail: async ({ email: to, addressKey }, kind, { text }) => {
      sent.push({ to, text });
      tagged.push([addressKey, kind]);
    },
    recordSecurityEvent: neverCalled("recordSecurityEvent"),
    nowSeconds: () => 1000,
    product: "LIT Auth",
    defaultLocale: "en",
    lifetimeSeconds: 600,
    ...overrides,
  };
  return { deps, sent, tagged };
};

const registered = { id: "r", email: "a@example.com", addressKey: "k", domainKey: "d" } as Awaited<
  ReturnType<Deps["registrations"]["find"]>
>;
const activation = { kind: "activation", addressKey: "k", otpRequestId: "r" } as const;

describe("letter dispatch", () => {
  it("starts a code's lifetime when sending it, then retires the request [ASVS 6.5.5]", async () => {
    const steps: unknown[] = [];
    const { deps, sent } = mailer({
      users: { find: neverCalled("users"), findIdByAddress: async () => undefined },
      codes: {
        issue: async (pk, code) => {
          steps.push({ pk, ...code });
          return known("a@example.com");
        },
        retire: async (pk, requestId) => void steps.push(["retire", pk, requestId, sent.length]),
      },
    });
    expect(await dispatchLetter(activation, deps)).toBe("sent");
    expect(steps).toEqual([
      { pk: "pending#k", otpRequestId: "r", otpDigest: "pending#k|activation|012345", otpExpiresAt: 1600 },
      ["retire", "pending#k", "r", 1],
    ]);
    expect(sent).toEqual([{ to: "a@example.com", text: expect.stringContaining("012 345") }]);
  });

  it("sends nothing for a superseded request", async () => {
    const { deps, sent } = mailer({
      codes: { issue: async () => "superseded", retire: neverCalled("retire") },
    });
    expect(await dispatchLetter({ kind: "login", userId: "u", otpRequestId: "old" }, deps)).toBe(
      "superseded",
    );
    expect(sent).toEqual([]);
  });

  it("creates no activation code for an address with an account", async () => {
    const owner = { email: "owner@example.com" } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const { deps, sent } = mailer({
      users: { findIdByAddress: async () => "u", find: async () => owner },
      registrations: { find: async () => registered },
      createCode: () => {
        throw new Error("no code");
      },
    });
    expect(await dispatchLetter(activation, deps)).toBe("sent");
    expect(sent[0]?.to).toBe("owner@example.com");
    expect(sent[0]?.text).not.toMatch(/\d{3} \d{3}/);
  });

  const invitation = { kind: "invitation", addressKey: "k", otpRequestId: "r" } as const;
  const noAccount = { findIdByAddress: async () => undefined, find: neverCalled("users") };

  it("gives an invitation seven days, in a place of its own", async () => {
    const [issued, retired]: [unknown[], unknown[]] = [[], []];
    const { deps, sent, tagged } = mailer({
      users: noAccount,
      createCode: () => "ABCDEFGHIJKLMNOP",
      codes: {
        issue: async (...code) => {
          issued.push(code);
          return { ...known("a@example.com"), domainKey: "of a stranger's registration" };
        },
        retire: async (...request) => void retired.push(request),
      },
      stops: { holdBack: async ({ domainKey }) => domainKey !== undefined && "stopped" },
    });
    expect(await dispatchLetter(invitation, deps)).toBe("sent");
    const otpDigest = "pending#k|invitation|ABCDEFGHIJKLMNOP";
    const code = { otpRequestId: "r", otpDigest, otpExpiresAt: 1000 + 7 * 86_400 };
    expect(issued).toEqual([["pending#k", code, "invite"]]);
    expect(retired).toEqual([["pending#k", "r", { slot: "invite" }]]);
    expect(sent[0]?.text).toMatch(/ABCD-EFGH-IJKL-MNOP[^]*7 days/);
    expect(tagged).toEqual([["key of a@example.com", "invitation"]]);
  });

  it("sends no invitation once an account has or holds the address", async () => {
    const held = { userId: "u", email: "a@example.com", expiresAt: 9_000 };
    const owned = { findIdByAddress: async () => "u", find: neverCalled("users") };
    for (const overrides of [{ users: owned }, { users: noAccount, undoing: { find: async () => held } }])
      expect(await dispatchLetter(invitation, mailer(overrides).deps)).toBe("superseded");
  });

  describe("letter that is held back", () => {
    const ofHolder = { email: "a@example.com", addressKey: "k" };
    const stopping = (overrides: Partial<Deps>) => {
      const asked: object[] = [];
      const retired: unknown[] = [];
      const { deps, sent } = mailer({
        stops: { holdBack: async (to) => asked.push(to) > 0 && "stopped" },
        codes: {
          issue: async () => ofHolder,
          retire: async (...request) => void retired.push(request),
        },
        ...overrides,
      });
      return { deps, sent, asked, retired };
    };
    const login = { kind: "login", userId: "u", otpRequestId: "r" } as const;

    it("takes its code with it", async () => {
      const { deps, sent, asked, retired } = stopping({});
      expect(await dispatchLetter(login, deps)).toBe("stopped");
      expect(sent).toEqual([]);
      expect(asked).toEqual([ofHolder]);
      expect(retired).toEqual([["user#u", "r", { unsent: true, slot: "otp" }]]);
    });

    it("is unproven if a registration causes it, for any address", async () => {
      const taken = { findIdByAddress: async () => "u", find: neverCalled("users") };
      const held = { userId: "gone", email: "kept@example.com", expiresAt: 9_000 };
      const free = { findIdByAddress: async () => undefined, find: neverCalled("users") };
      for (const overrides of [
        { users: taken, registrations: { find: async () => registered } },
        {
          users: free,
          undoing: { find: async () => held },
          registrations: { find: async () => registered },
        },
        {
          users: free,
          codes: { issue: async () => ({ ...ofHolder, domainKey: "d" }), retire: async () => {} },
        },
      ]) {
        const { deps, sent, asked } = stopping(overrides);
        expect(await dispatchLetter(activation, deps)).toBe("stopped");
        expect(sent).toEqual([]);
        expect(asked).toMatchObject([{ ...ofHolder, domainKey: "d" }]);
      }
    });

    it("is a reset only of a registration, if it is unproven", async () => {
      const user = { id: "u", status: "active", addressKey: "k" } as Awaited<
        ReturnType<Deps["users"]["find"]>
      >;
      for (const [ownerId, domainKey] of [
        ["u", undefined],
        [undefined, "d"],
      ] as const) {
        const { deps, asked } = stopping({
          users: { findIdByAddress: async () => ownerId, find: async () => user },
          registrations: { find: async () => registered },
          resets: { begin: async () => "begun" },
        });
        const order = { kind: "password_reset", addressKey: "k", otpRequestId: "r" } as const;
        expect(await dispatchLetter(order, deps)).toBe("stopped");
        expect(asked).toEqual([{ ...ofHolder, domainKey }]);
      }
    });

    it("is no undo code and no notice", async () => {
      const user = { id: "u", email: "a@example.com", addressKey: "k" } as Awaited<
        ReturnType<Deps["users"]["find"]>
      >;
      const { deps, sent } = stopping({
        users: { findIdByAddress: async () => "other", find: async () => user },
        addressChanges: {
          find: async () => ({
            userId: "u",
            email: "new@example.com",
            addressKey: "n",
            oldAddressKey: "k",
            sessionEpoch: 0,
            withUndo: true,
            byStaff: false,
            otpRequestId: "r",
            expiresAt: 2000,
          }),
        },
      });
      const order = { kind: "email_change", userId: "u", otpRequestId: "r" } as const;
      expect(await dispatchLetter(order, deps)).toBe("taken");
      expect(await dispatchLetter({ kind: "password_changed", userId: "u", byReset: true }, deps)).toBe(
        "sent",
      );
      expect(sent).toHaveLength(3);
    });
  });

  describe("held address", () => {
    const day = 86_400;
    const held = { userId: "gone", email: "kept@example.com", expiresAt: 3 * day };
    const noOwner = { findIdByAddress: async () => undefined, find: neverCalled("users") };
    const change = {
      userId: "u",
      email: "new@example.com",
      addressKey: "k",
      oldAddressKey: "old",
      sessionEpoch: 0,
      withUndo: true,
      byStaff: false,
      otpRequestId: "r",
      expiresAt: 2000,
    };
    const notice = {
      to: "kept@example.com",
      text: expect.stringMatching(/is reserved for that account until 4 January 1970 at 00:00 UTC/),
    };

    it.each(["activation", "password_reset"] as const)(
      "gets a notice instead of a code (%s)",
      async (kind) => {
        const { deps, sent } = mailer({
          users: noOwner,
          undoing: { find: async () => held },
          registrations: { find: async () => registered },
        });
        expect(await dispatchLetter({ kind, addressKey: "k", otpRequestId: "r" }, deps)).toBe("held");
        expect(sent).toEqual([notice]);
        expect(sent[0]?.text).toContain("the code in our earlier email");
      },
    );

    it("gets a change code only for the account that holds it", async () => {
      for (const [userId, owns] of [
        ["gone", true],
        ["u", false],
      ] as const) {
        const issued: string[] = [];
        const { deps, sent } = mailer({
          users: noOwner,
          undoing: { find: async () => held },
          addressChanges: { find: async () => ({ ...change, userId }) },
          codes: {
            issue: async (pk) => {
              issued.push(pk);
              return known(pk === "undo#old" ? "old@example.com" : "new@example.com");
            },
            retire: async () => undefined,
          },
        });
        const outcome = await dispatchLetter({ kind: "email_change", userId, otpRequestId: "r" }, deps);
        expect(outcome).toBe(owns ? "sent" : "taken");
        expect(issued).toEqual(["undo#old", ...(owns ? [`email-change#${userId}`] : [])]);
        expect(sent.map(({ to }) => to)).toEqual([
          "old@example.com",
          owns ? "new@example.com" : "kept@example.com",
        ]);
      }
    });
  });

  it.each([
    [true, "made you an administrator"],
    [false, "removed your administrator rights"],
  ])("notifies a user of a changed rank (staff: %s)", async (isStaff, words) => {
    const owner = { email: "owner@example.com" } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const { deps, sent } = mailer({
      users: { findIdByAddress: neverCalled("pointer"), find: async () => owner },
    });
    expect(await dispatchLetter({ kind: "rank_changed", userId: "u", isStaff }, deps)).toBe("sent");
    expect(sent).toEqual([{ to: "owner@example.com", text: expect.stringContaining(words) }]);
  });

  describe("email change", () => {
    const order = { kind: "email_change", userId: "u", otpRequestId: "r" } as const;
    const change = {
      userId: "u",
      email: "new@example.com",
      addressKey: "new",
      oldAddressKey: "old",
      sessionEpoch: 0,
      withUndo: true,
      byStaff: false,
      otpRequestId: "r",
      expiresAt: 2000,
    };
    const owners: Record<string, string> = { u: "old@example.com", other: "new@example.com" };
    const changing = (changes: Partial<typeof change>, ownerOfNew?: string) => {
      const retired: string[] = [];
      const ends: Record<string, number> = {};
      const { deps, sent, tagged } = mailer({
        addressChanges: { find: async () => ({ ...change, ...changes }) },
        users: {
          findIdByAddress: async () => ownerOfNew,
          find: async (id) => ({ email: owners[id] }) as Awaited<ReturnType<Deps["users"]["find"]>>,
        },
        codes: {
          issue: async (pk, { otpExpiresAt }) => {
            ends[pk] = otpExpiresAt;
            return known(pk === "undo#old" ? "old@example.com" : "new@example.com");
          },
          retire: async (pk) => void retired.push(pk),
        },
        createCode: (purpose) => (purpose === "email_undo" ? "UNDO".repeat(4) : "MOVE".repeat(4)),
      });
      return { deps, sent, tagged, retired, ends };
    };
    const [undoCode, moveCode] = ["UNDO-UNDO-UNDO-UNDO", "MOVE-MOVE-MOVE-MOVE"];

    it("notifies the old address, with an undo code, before the new one [ASVS 7.5.1]", async () => {
      const { deps, sent, tagged, retired } = changing({});
      expect(await dispatchLetter(order, deps)).toBe("sent");
      expect(sent).toEqual([
        { to: "old@example.com", text: expect.stringContaining(undoCode) },
        { to: "new@example.com", text: expect.stringContaining(moveCode) },
      ]);
      expect(tagged).toEqual([
        ["key of old@example.com", "email_changing"],
        ["key of new@example.com", "email_change"],
      ]);
      expect(retired).toEqual(["undo#old", "email-change#u"]);
    });

    it("has a ten-minute code to confirm and a seven-day code to undo [ASVS 6.5.5]", async () => {
      const { deps, ends } = changing({});
      await dispatchLetter(order, deps);
      expect(ends).toEqual({ "undo#old": 1000 + 7 * 86_400, "email-change#u": 1600 });
    });

    it("sends the new address nothing if notifying the old one fails", async () => {
      const { deps } = changing({});
      const told: string[] = [];
      const sendEmail: Deps["sendEmail"] = async ({ email }) => {
        told.push(email);
        throw new Error("Throttling");
      };
      await expect(dispatchLetter(order, { ...deps, sendEmail })).rejects.toThrow("Throttling");
      expect(told).toEqual(["old@example.com"]);
    });

    it("notifies the owner of a taken address, without a code", async () => {
      const { deps, sent, retired } = changing({}, "other");
      expect(await dispatchLetter(order, deps)).toBe("taken");
      expect(sent.map(({ to }) => to)).toEqual(["old@example.com", "new@example.com"]);
      expect(sent[1]?.text).toContain("already has an account");
      expect(sent[1]?.text).not.toContain(moveCode);
      expect(retired).toEqual(["undo#old", "email-change#u"]);
    });

    it("has no second undo code while an earlier one is valid", async () => {
      const { deps, sent } = changing({ withUndo: false });
      expect(await dispatchLetter(order, deps)).toBe("sent");
      expect(sent[0]).toEqual({ to: "old@example.com", text: expect.stringContaining("undoes both") });
      expect(sent[0]?.text).not.toContain(undoCode);
    });

    it("is dropped after a newer request", async () => {
      const { deps, sent } = changing({ otpRequestId: "newer" });
      expect(await dispatchLetter(order, deps)).toBe("superseded");
      expect(sent).toEqual([]);
    });
  });

  it("keeps the request open for a retry if sending fails", async () => {
    const { deps } = mailer({
      codes: {
        issue: async () => known("a@example.com"),
        retire: neverCalled("retire"),
      },
      sendEmail: () => Promise.reject(new Error("Throttling")),
    });
    await expect(dispatchLetter({ kind: "login", userId: "u", otpRequestId: "r" }, deps)).rejects.toThrow(
      "Throttling",
    );
  });

  describe("password reset", () => {
    const order = { kind: "password_reset", addressKey: "k", otpRequestId: "r" } as const;
    type User = NonNullable<Awaited<ReturnType<Deps["users"]["find"]>>>;
    const owner = { id: "u", email: "owner@example.com", addressKey: "k", status: "active" } as User;
    const knowing = (user: User): Deps["users"] => ({
      findIdByAddress: async () => "u",
      find: async () => user,
    });

    it("sends a long code of its own purpose to the stored address", async () => {
      const events: unknown[] = [];
      const issued: unknown[] = [];
      const { deps, sent } = mailer({
        users: knowing(owner),
        resets: { begin: async () => "begun" },
        codes: {
          issue: async (pk, code) => {
            issued.push({ pk, ...code });
            return known(owner.email);
          },
          retire: async () => undefined,
        },
        createCode: () => "ABCDEFGHIJKLMNOP",
        recordSecurityEvent: (event, subject) => void events.push([event, subject]),
      });
      expect(await dispatchLetter(order, deps)).toBe("sent");
      expect(issued).toEqual([
        {
          pk: "reset#k",
          otpRequestId: "r",
          otpDigest: "reset#k|reset|ABCDEFGHIJKLMNOP",
          otpExpiresAt: 1600,
        },
      ]);
      expect(sent).toEqual([
        { to: owner.email, text: expect.stringContaining("\n    ABCD-EFGH-IJKL-MNOP\n") },
      ]);
      expect(events).toEqual([["reset_sent", { userId: "u" }]]);
    });

    it("sends nothing without an active account or registration at the address", async () => {
      for (const users of [
        { findIdByAddress: async () => undefined, find: neverCalled("find") },
        { findIdByAddress: async () => "u", find: async () => undefined },
        knowing({ ...owner, status: "disabled" }),
        knowing({ ...owner, addressKey: "another" }),
      ]) {
        const { deps, sent } = mailer({ users, registrations: { find: async () => undefined } });
        expect(await dispatchLetter(order, deps)).toBe("no_account");
        expect(sent).toEqual([]);
      }
    });

    describe("of a registration with another spelling", () => {
      const registration = { id: "r", email: "new@example.com", addressKey: "k" } as Awaited<
        ReturnType<Deps["registrations"]["find"]>
      >;
      const counting = (outcome: "allowed" | "exhausted", more: Partial<Deps>) => {
        const counted: string[] = [];
        const spent = { outcome, refusal: "too_many_letters", retryAfterSeconds: 1 } as const;
        vi.stubEnv("UNPROVEN_LETTERS_PER_TEN_MINUTES", "3");
        vi.stubEnv("UNPROVEN_LETTERS_PER_HOUR", "5");
        vi.stubEnv("OTP_LIFETIME_SECONDS", "600");
        const { deps, sent } = mailer({
          users: { findIdByAddress: async () => undefined, find: neverCalled("find") },
          registrations: { find: async () => registration },
          limits: {
            spend: async ({ key }) => {
              counted.push(`spend ${key}`);
              return spent;
            },
            giveBack: async ({ key }) => void counted.push(`give back ${key}`),
          },
          resets: { begin: async () => "begun" },
          codes: { issue: async () => known("new@example.com"), retire: async () => undefined },
          recordSecurityEvent: () => undefined,
          ...more,
        });
        return { counted, sent, dispatched: dispatchLetter({ ...order, spellingOf: "m" }, deps) };
      };
      const [spend, giveBack] = ["spend", "give back"].map((act) => `${act} letters-reset-registration#m`);

      it("counts for the mailbox", async () => {
        const { counted, sent, dispatched } = counting("allowed", {});
        expect(await dispatched).toBe("sent");
        expect([counted, sent.length]).toEqual([[spend], 1]);
      });

      it("isn't sent beyond the limit and revokes no code", async () => {
        const { counted, sent, dispatched } = counting("exhausted", { resets: neverCalled("resets") });
        expect(await dispatched).toBe("covered");
        expect([counted, sent]).toEqual([[spend], []]);
      });

      it("doesn't count if sending fails or was done before", async () => {
        const failing = counting("allowed", { sendEmail: () => Promise.reject(new Error("Throttling")) });
        await expect(failing.dispatched).rejects.toThrow("Throttling");
        const repeated = counting("allowed", { resets: { begin: async () => "superseded" } });
        expect(await repeated.dispatched).toBe("superseded");
        expect([failing.counted, repeated.counted]).toEqual([
          [spend, giveBack],
          [spend, giveBack],
        ]);
      });
    });

    it("sends nothing for an order that was already carried out", async () => {
      const { deps, sent } = mailer({ users: knowing(owner), resets: { begin: async () => "superseded" } });
      expect(await dispatchLetter(order, deps)).toBe("superseded");
      expect(sent).toEqual([]);
    });
  });

  it.each([
    [true, "using a code that we sent"],
    [false, "knew the old one"],
  ])("notifies the owner of a new password (by reset: %s)", async (byReset, words) => {
    const owner = { email: "owner@example.com" } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const { deps, sent } = mailer({
      users: { findIdByAddress: neverCalled("pointer"), find: async () => owner },
    });
    expect(await dispatchLetter({ kind: "password_changed", userId: "u", byReset }, deps)).toBe("sent");
    expect(sent).toEqual([{ to: "owner@example.com", text: expect.stringContaining(words) }]);
  });

  it("notifies both mailboxes of an undone change, the former one once", async () => {
    const left = [known("left@example.com")];
    const owner = { email: "owner@example.com" } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const { deps, sent } = mailer({
      users: { findIdByAddress: neverCalled("pointer"), find: async () => owner },
      formerAddresses: {
        find: async (goodbye) => (goodbye === "undone" ? left[0] : undefined),
        forget: async () => void left.pop(),
      },
    });
    const order = { kind: "email_change_undone", userId: "u" } as const;
    for (let delivered = 0; delivered < 2; delivered += 1)
      expect(await dispatchLetter(order, deps)).toBe("sent");
    expect(sent.map(({ to }) => to)).toEqual(["left@example.com", "owner@example.com", "owner@example.com"]);
    expect(sent[0]?.text).toContain("was undone with the code that we sent");
    expect(sent[1]?.text).toContain("Your account has this address again, and all sessions were ended");
  });

  it("forgets a deleted account's addresses after their last letters, not before", async () => {
    const steps: string[] = [];
    const { deps, sent } = mailer({
      formerAddresses: {
        find: async (goodbye) => known(`${goodbye}@example.com`),
        forget: async (goodbye, userId) => void steps.push(`${goodbye} ${userId} after ${sent.length}`),
      },
    });
    expect(await dispatchLetter({ kind: "goodbye", userId: "u" }, deps)).toBe("sent");
    expect(sent.map(({ to }) => to)).toEqual(["earlier@example.com", "deleted@example.com"]);
    expect(steps).toEqual(["earlier u after 1", "deleted u after 2"]);
    const forgotten = mailer({
      formerAddresses: { find: async () => undefined, forget: neverCalled("forget") },
    });
    expect(await dispatchLetter({ kind: "goodbye", userId: "u" }, forgotten.deps)).toBe("superseded");
  });
});
