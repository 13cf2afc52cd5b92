import { randomUUID } from "node:crypto";
import { addressMoveStore, type AddressMoveStore } from "../../shared/accounts/address-move-store.ts";
import { requireConfirmable } from "../../shared/admin/address-moves.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { staffChangeLettersTo } from "../../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { staffActs } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { nowSeconds, type Clock } from "../../shared/platform/clock.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = CurrentPasswordDeps & {
  people: Pick<PersonLookup, "find">;
  moves: Pick<AddressMoveStore, "confirm">;
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  authorityOver: typeof authorityOver;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
};

type Asked = UserCall<typeof contract.confirmUserEmail>;

export const confirmUserEmail = async (call: Asked, deps: Deps): Promise<void> => {
  const { body, user: actor } = call;
  const find = async () => {
    const account = await requireAccount(call.parameters.id, actor, deps);
    return { account, move: requireConfirmable(account, actor, body.new_email, deps.nowSeconds()) };
  };
  let { account, move } = await find();
  await requireCurrentPassword(actor, body.current_password, deps);
  const letters = staffChangeLettersTo(await deps.pseudonyms.ofMailbox(move.email));
  requireWithin(await deps.limits.spendAll([staffActs(actor.id), letters]));

  const [confirmer, otpRequestId] = [actor.id, randomUUID()];
  const confirm = () =>
    deps.moves.confirm(account, move, { otpRequestId, confirmer }, deps.authorityOver(actor, account));
  let confirmed = await confirm();
  while (confirmed === "changed_meanwhile") {
    ({ account, move } = await find());
    confirmed = await confirm();
  }
  if (confirmed !== "confirmed") throw new ApiError("permission_denied");
  deps.recordSecurityEvent("address_move_confirmed", { userId: account.id, actorId: actor.id });
  await deps.enqueueLetter({ kind: "email_change", userId: account.id, otpRequestId });
};

export const handler = await userEndpoint(contract.confirmUserEmail, confirmUserEmail, () => ({
  people: personLookup(),
  moves: addressMoveStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
