import { describe, expect, it } from "vitest";
import { allOf, groupedByKinds } from "../../../infra/grants/actions-on-kinds.ts";
import { checkOperations, missingParts } from "../../../infra/bundling/complete-operations.ts";
import type { Grant } from "../../../infra/grants/grant.ts";

describe("actions on kinds", () => {
  it("are put together action by action", () => {
    const together = allOf(
      { GetItem: ["user"], PutItem: ["email"] },
      { GetItem: ["pending", "user"], QueryIndexes: true },
    );
    expect(together).toEqual({ GetItem: ["user", "pending"], PutItem: ["email"], QueryIndexes: true });
  });

  it("share a statement with actions on the same kinds only", () => {
    const rights = { GetItem: ["user", "email"], PutItem: ["email"], Query: ["email", "user"] } as const;
    expect(groupedByKinds({ ...rights, DeleteItem: [], QueryIndexes: true })).toEqual([
      { actions: ["GetItem", "Query"], kinds: ["email", "user"] },
      { actions: ["PutItem"], kinds: ["email"] },
    ]);
  });
});

describe("grants", () => {
  it("list each file in functions/, and nothing else [ASVS 6.3.4]", () => {
    expect(checkOperations).not.toThrow();
  });

  it.each([
    ["nothing", {}, []],
    [
      "a row",
      { granted: ["mailer"] },
      ["The operation inviteUser has no row in infra/grants/. Add one; it may be empty."],
    ],
    [
      "a file",
      { files: ["functions/mailer.ts"] },
      ["The operation inviteUser has no file functions/admin/invite-user.ts."],
    ],
    [
      "the right folder",
      { files: ["functions/mailer.ts", "functions/invite-user.ts"] },
      ["functions/invite-user.ts belongs in functions/admin/, because only staff may call inviteUser."],
    ],
    ["an entry", { entries: {} }, ["The operation inviteUser has no entry in shared/contract/."]],
    [
      "its own name",
      { entries: { inviteUser: { name: "invite", caller: "staff" } } },
      ["The entry inviteUser in shared/contract/ has the name invite."],
    ],
  ] as const)("name an operation that lacks %s", (_, changes, problems) => {
    const whole = {
      entries: { inviteUser: { name: "inviteUser", caller: "staff" } },
      granted: ["inviteUser", "mailer"],
      files: ["functions/mailer.ts", "functions/admin/invite-user.ts"],
      background: ["mailer"],
    } as const;
    expect(missingParts({ ...whole, ...changes })).toEqual(problems);
  });

  it("refuse unknown settings and actions at compile time", () => {
    // `npm run types` is the test: it fails if one of these lines compiles.
    // @ts-expect-error: PRODUCT_NAMES is not a variable
    const setting: Grant = { settings: ["PRODUCT_NAMES"] };
    // @ts-expect-error: tables have no GetSecretValue
    const action: Grant = { SESSIONS_TABLE: ["GetSecretValue"] };
    // @ts-expect-error: a scan names no kind
    const scan: Grant = { USERS_TABLE: { Scan: ["user"] } };
    // @ts-expect-error: counters are in the table Limits
    const kind: Grant = { USERS_TABLE: { GetItem: ["limit"] } };
    // @ts-expect-error: an action without kinds would reach every item
    const every: Grant = { USERS_TABLE: ["GetItem"] };
    expect([setting, action, scan, kind, every]).toHaveLength(5);
  });
});
