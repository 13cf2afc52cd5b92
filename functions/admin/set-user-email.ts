import { randomUUID } from "node:crypto";
import { addressChangeStore, type AddressChangeStore } from "../../shared/accounts/address-change-store.ts";
import { addressMoveStore, type AddressMoveStore } from "../../shared/accounts/address-move-store.ts";
import { requireMovable, requireObtainable } from "../../shared/admin/address-moves.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { staffChangeLettersTo } from "../../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { addressMoves, staffActs } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter, enqueueMove } from "../../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import type { User } from "../../shared/store/user-items.ts";

type Deps = CurrentPasswordDeps & {
  people: Pick<PersonLookup, "find">;
  changes: Pick<AddressChangeStore, "start">;
  moves: Pick<AddressMoveStore, "start">;
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox">;
  authorityOver: typeof authorityOver;
  requireObtainable: typeof requireObtainable;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};
type Asked = UserCall<typeof contract.setUserEmail>;

/** Asks for the administrator's password: the owner of the new address controls the account. */
export const setUserEmail = async (call: Asked, deps: Deps): Promise<void> => {
  const { new_email: email, current_password: password, mailbox } = call.body;
  const { user: actor } = call;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const find = async () => {
    const account = await requireAccount(call.parameters.id, actor, deps);
    requireMovable(account, addressKey, mailbox);
    return account;
  };
  let account = await find();
  await requireCurrentPassword(actor, password, deps);
  await deps.requireObtainable(account, addressKey);
  const letters = staffChangeLettersTo(await deps.pseudonyms.ofMailbox(email));
  const moves = mailbox === "lost" ? [addressMoves(actor.id)] : [];
  requireWithin(await deps.limits.spendAll([staffActs(actor.id), ...moves, letters]));

  const id = randomUUID();
  const start = (user: User) => {
    const authority = deps.authorityOver(actor, user);
    const move = { id, email, addressKey, startedBy: actor.id };
    if (mailbox === "lost") return deps.moves.start(user, move, { staffToo: false }, authority);
    return deps.changes.start(user, { email, addressKey, otpRequestId: id, byStaff: true }, authority);
  };
  let started = await start(account);
  while (started === "changed_meanwhile" && account !== actor) {
    account = await find();
    started = await start(account);
  }
  if (started !== "started") throw new ApiError("permission_denied");
  const event = mailbox === "lost" ? "address_move_started" : "email_change_started";
  deps.recordSecurityEvent(event, { userId: account.id, actorId: actor.id });
  if (mailbox === "lost") return enqueueMove({ userId: account.id, moveId: id }, deps.enqueueLetter);
  await deps.enqueueLetter({ kind: "email_change", userId: account.id, otpRequestId: id });
};

export const handler = await userEndpoint(contract.setUserEmail, setUserEmail, () => ({
  people: personLookup(),
  changes: addressChangeStore(),
  moves: addressMoveStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  authorityOver,
  requireObtainable,
  enqueueLetter,
  recordSecurityEvent,
}));
