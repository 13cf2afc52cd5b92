// Every write of an account is made for real, and the events are derived from its two images.
import { randomUUID } from "node:crypto";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { addressMoveStore } from "../../../shared/accounts/address-move-store.ts";
import { formerAddressPk } from "../../../shared/accounts/former-address-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../../shared/accounts/user-update-store.ts";
import { accountImportStore } from "../../../shared/admin/account-import-store.ts";
import { administratorStore } from "../../../shared/admin/administrator-store.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { operator, person, service, staff, type Actor } from "../../../shared/events/actor.ts";
import { eventsOf } from "../../../shared/events/derive-events.ts";
import { passwordStore } from "../../../shared/passwords/password-store.ts";
import { sessionEpochStore } from "../../../shared/sessions/session-epoch-store.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { emailChangePk, resetPk } from "../../../shared/store/address-items.ts";
import type { Item } from "../../../shared/store/documents.ts";
import { userPk, type User } from "../../../shared/store/user-items.ts";
import { documents } from "../../support/store/documents.ts";
import { codeLifetime, emailChangeFlow, newAddress } from "../../support/people/email-change-flow.ts";
import { activateWith, activeUser, registeredWithCode } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const read = async (pk: string): Promise<Item | undefined> => {
  const key = { TableName: process.env["USERS_TABLE"], Key: { pk }, ConsistentRead: true };
  return (await documents().send(new GetCommand(key))).Item;
};

const administrator = staff({ id: "s1" });

/** What the stream would tell of one write. */
const eventsBy = async (userId: string, write: () => Promise<unknown>) => {
  const before = await read(userPk(userId));
  await write();
  const after = await read(userPk(userId));
  const deletion = after ? undefined : await read(formerAddressPk("deleted", userId));
  const position = { streamArn: "arn", sequenceNumber: "1", at: -1 };
  return { before, after, events: eventsOf({ oldImage: before, newImage: after, deletion, ...position }) };
};

type Flow = Awaited<ReturnType<typeof emailChangeFlow>>;
type Write = (flow: Flow) => Promise<unknown>;
type Row = [string, { given?: Write; write: Write; types: string[]; actor: Actor }];

const change =
  (changes: Parameters<ReturnType<typeof userUpdateStore>["change"]>[1], actor: Actor): Write =>
  async ({ clock, currentUser }) =>
    userUpdateStore(clock.now).change(await currentUser(), changes, actor);

const withSession = async ({ user, clock }: Flow) =>
  sessionStore(clock.now).create(user.id, user.sessionEpoch, "Unknown device");

const target = newAddress;
const startMove = async ({ clock, currentUser }: Flow, startedBy?: string) => {
  const move = { id: randomUUID(), ...target(), ...(startedBy && { startedBy }) };
  return addressMoveStore(clock.now).start(await currentUser(), move, { staffToo: true });
};
const confirmMove = async ({ clock, currentUser }: Flow, confirmer?: string) => {
  const user = await currentUser();
  if (confirmer === undefined) clock.pass(72 * 3_600);
  const confirmation = { otpRequestId: "claim", ...(confirmer && { confirmer }) };
  return addressMoveStore(clock.now).confirm(user, user.addressMove!, confirmation);
};
const claimMove = async ({ clock, user, currentUser }: Flow) => {
  const [moves, changes, codes] = [
    addressMoveStore(clock.now),
    addressChangeStore(clock.now),
    codeStore(clock.now),
  ];
  const code = { otpRequestId: "claim", otpDigest: "claim", otpExpiresAt: clock.now() + codeLifetime };
  await codes.issue(emailChangePk(user.id), code);
  const waiting = await changes.find(user.id);
  return moves.claim(await currentUser(), waiting!, ["claim"], randomUUID());
};
const newAddressOf = async (flow: Flow) => {
  await flow.ask(target(), "new");
  return flow.confirm("new");
};

const rows: Row[] = [
  ["profile", { write: change({ firstName: "Ada" }, person), types: ["user.updated"], actor: person }],
  [
    "username",
    {
      write: change({ username: `u-${randomUUID()}` }, administrator),
      types: ["user.updated"],
      actor: administrator,
    },
  ],
  [
    "deactivation",
    { write: change({ status: "disabled" }, operator), types: ["user.disabled"], actor: operator },
  ],
  [
    "activation",
    {
      given: change({ status: "disabled" }, operator),
      write: change({ status: "active" }, administrator),
      types: ["user.enabled"],
      actor: administrator,
    },
  ],
  [
    "rank",
    { write: change({ isStaff: true }, administrator), types: ["user.rank_changed"], actor: administrator },
  ],
  ["new address", { write: newAddressOf, types: ["user.email_changed"], actor: person }],
  [
    "undone address",
    {
      given: newAddressOf,
      write: async ({ user, undo }) => undo(user.addressKey, "new"),
      types: ["user.email_changed"],
      actor: person,
    },
  ],
  [
    "start of a move",
    { write: (flow) => startMove(flow, "s1"), types: ["user.disabled"], actor: administrator },
  ],
  [
    "start of an operator's move",
    { write: (flow) => startMove(flow), types: ["user.disabled"], actor: operator },
  ],
  [
    "cancelled move",
    {
      given: startMove,
      write: async ({ clock, currentUser }) => {
        const user = await currentUser();
        return addressMoveStore(clock.now).cancel(user, user.addressMove!, operator);
      },
      types: ["user.enabled"],
      actor: operator,
    },
  ],
  [
    "confirmed move",
    { given: startMove, write: (flow) => confirmMove(flow, "s1"), types: [], actor: administrator },
  ],
  [
    "operator's confirmation",
    { given: startMove, write: (flow) => confirmMove(flow, "operator"), types: [], actor: operator },
  ],
  ["move that is due", { given: startMove, write: (flow) => confirmMove(flow), types: [], actor: service }],
  [
    "claimed move",
    {
      given: async (flow) => {
        await startMove(flow);
        await confirmMove(flow, "operator");
      },
      write: claimMove,
      types: ["user.email_changed", "user.enabled"],
      actor: person,
    },
  ],
  [
    "password",
    {
      write: async (flow) => {
        const session = await withSession(flow);
        return passwordStore(flow.clock.now).change(flow.user, session, "new", randomUUID());
      },
      types: ["password.changed"],
      actor: person,
    },
  ],
  [
    "reset password",
    {
      write: async ({ user, clock }) => {
        const pk = resetPk(user.addressKey);
        await documents().send(
          new PutCommand({
            TableName: process.env["USERS_TABLE"],
            Item: {
              pk,
              userId: user.id,
              otpDigest: "d",
              otpExpiresAt: clock.now() + 9,
              expiresAt: clock.now() + 9,
            },
          }),
        );
        return passwordStore(clock.now).reset(user, "new", ["d"], randomUUID());
      },
      types: ["password.changed"],
      actor: person,
    },
  ],
  [
    "end of all sessions",
    {
      write: ({ user, clock }) => sessionEpochStore(clock.now).endAll(user, administrator),
      types: [],
      actor: administrator,
    },
  ],
  [
    "end of other sessions",
    {
      write: async (flow) =>
        sessionEpochStore(flow.clock.now).endOthers(flow.user, await withSession(flow), randomUUID()),
      types: [],
      actor: person,
    },
  ],
  [
    "own deletion",
    {
      write: async ({ clock, currentUser }) => userStore(clock.now).removeOwn(await currentUser()),
      types: ["user.deleted"],
      actor: person,
    },
  ],
  [
    "deletion by staff",
    {
      write: async ({ clock, currentUser }) =>
        userStore(clock.now).remove(await currentUser(), administrator),
      types: ["user.deleted"],
      actor: administrator,
    },
  ],
  [
    "appointment",
    {
      write: async ({ clock, user }) =>
        administratorStore(clock.now).appoint({
          ...user,
          username: `u-${randomUUID()}`,
          passwordHash: "new",
        }),
      types: ["user.updated", "password.changed", "user.rank_changed"],
      actor: operator,
    },
  ],
];

describe("writes of an account", () => {
  it.each(rows)("%s: one version more, and who acted", async (_, { given, write, types, actor }) => {
    const flow = await emailChangeFlow();
    await given?.(flow);
    flow.clock.pass(5);
    const { before, after, events } = await eventsBy(flow.user.id, () => write(flow));
    expect(events.map(({ type }) => type)).toEqual(types);
    const at = flow.clock.now();
    const version = Number(before?.["version"]) + 1;
    for (const event of events) expect(event).toMatchObject({ version, at, actor, userId: flow.user.id });
    if (after) expect(after).toMatchObject({ version, changedAt: at, v: 1 });
    if (types.length > 0) return;
    const changedBy = actor.by === "staff" ? `staff:${actor.id}` : actor.by;
    expect(after).toMatchObject({ changedBy });
  });

  it("starts at version 1", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d");
    const activated = await eventsBy(registration.id, () => activateWith(clock.now, registration, "d"));
    const { id: _, ...rest } = await activeUser(clock.now);
    const imported: User = {
      ...rest,
      id: randomUUID(),
      addressKey: randomUUID(),
      username: `u-${randomUUID()}`,
    };
    const byImport = await eventsBy(imported.id, () => accountImportStore(clock.now).put(imported));
    const appointed = {
      ...imported,
      id: randomUUID(),
      addressKey: randomUUID(),
      username: `u-${randomUUID()}`,
    };
    const byCommand = await eventsBy(appointed.id, () => administratorStore(clock.now).appoint(appointed));
    const created = { type: "user.created", version: 1, at: clock.now() };
    expect(activated.events).toMatchObject([{ ...created, actor: person }]);
    expect(byImport.events).toMatchObject([{ ...created, actor: operator }]);
    expect(byCommand.events).toMatchObject([{ ...created, actor: operator }]);
  });

  it("starts at version 1 by a reset", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d");
    const { addressKey, email } = registration;
    await documents().send(
      new PutCommand({
        TableName: process.env["USERS_TABLE"],
        Item: {
          pk: resetPk(addressKey),
          userId: registration.id,
          otpDigest: "d",
          otpExpiresAt: clock.now() + 9,
        },
      }),
    );
    const activate = () =>
      activationStore(clock.now).activateByReset(
        registration,
        { email, passwordHash: "h" },
        ["d"],
        randomUUID(),
      );
    const user = await activate();
    if (user === "refused") throw new Error(user);
    expect(await read(userPk(user.id))).toMatchObject({ version: 1, changedBy: "person", v: 1 });
  });

  it("stays at its version for codes, sign-ins and upgraded hashes", async () => {
    const { user, clock } = await emailChangeFlow();
    const codes = codeStore(clock.now);
    const { after, events } = await eventsBy(user.id, async () => {
      await codes.restartLogin(user.id, user.passwordHash, "r");
      await codes.issue(userPk(user.id), {
        otpRequestId: "r",
        otpDigest: "d",
        otpExpiresAt: clock.now() + 9,
      });
      expect(await codes.consume(user.id, ["d"], "i")).toMatchObject({ id: user.id });
      expect(await passwordStore(clock.now).replaceHash(user, "upgraded")).toBe("replaced");
    });
    expect(events).toEqual([]);
    expect(after).toMatchObject({ version: 1, passwordHash: "upgraded" });
  });

  it("counts in accounts of an earlier version, and deletes them", async () => {
    const { user, clock, currentUser } = await emailChangeFlow();
    const {
      version: _,
      changedBy: __,
      changedAt: ___,
      v: ____,
      ...earlier
    } = (await read(userPk(user.id))) ?? {};
    const put = () =>
      documents().send(new PutCommand({ TableName: process.env["USERS_TABLE"], Item: earlier }));
    await put();
    const changed = await eventsBy(user.id, () =>
      change({ firstName: "Ada" }, person)({ clock, currentUser } as Flow),
    );
    expect(changed.events).toMatchObject([{ type: "user.updated", version: 1, actor: person }]);
    await put();
    const removed = await eventsBy(user.id, async () =>
      userStore(clock.now).remove(await currentUser(), operator),
    );
    expect(removed.events).toMatchObject([{ type: "user.deleted", version: 1, actor: operator }]);
  });

  it("never names the version of a racing change as the last one", async () => {
    const { user, clock, currentUser } = await emailChangeFlow();
    const stale = await currentUser();
    await userUpdateStore(clock.now).change(stale, { firstName: "Ada" }, person);
    const { events } = await eventsBy(user.id, () => userStore(clock.now).remove(stale, operator));
    expect(events).toMatchObject([{ type: "user.deleted", version: 3, actor: operator }]);
  });
});
