// Moves an account from a lost or stolen mailbox, also an administrator's. `start` freezes it at
// once. The new address gets its code after 72 hours, or with `confirm`, which also confirms a move
// that an administrator started. `cancel` unfreezes the account.
import { randomUUID } from "node:crypto";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { addressMoveStore } from "../../shared/accounts/address-move-store.ts";
import { userStore } from "../../shared/accounts/user-store.ts";
import * as schemas from "../../shared/contract/schemas.ts";
import { operator } from "../../shared/events/actor.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { enqueueLetter, enqueueMove } from "../../shared/mail/mail-queue.ts";
import type { User } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { useTarget } from "../target.ts";

const address = (option: string, value: string | undefined): string => {
  if (value === undefined) throw new Error(`--${option} is missing. Usage: ${usageLine("users:move")}`);
  const { data, error } = schemas.email.safeParse(value);
  if (data === undefined) throw new Error(`--${option}: ${error?.issues[0]?.message ?? "not valid"}`);
  return data;
};

const accountOf = async (email: string): Promise<User> => {
  const users = userStore();
  const id = await users.findIdByAddress(await pseudonyms.ofAddress(email));
  const account = id === undefined ? undefined : await users.find(id);
  if (!account) throw new Error(`No account has the address ${email}.`);
  return account;
};

const changed = "The account changed meanwhile. Nothing was done. Run the command again.";

const start = async (account: User, email: string): Promise<string> => {
  const addressKey = await pseudonyms.ofAddress(email);
  if (addressKey === account.addressKey) throw new Error("The account has this address already.");
  if (account.status === "disabled" && !account.addressMove)
    throw new Error("This account is deactivated. Activate it first.");
  const move = { id: randomUUID(), email, addressKey };
  if ((await addressMoveStore().start(account, move, { staffToo: true })) !== "started")
    throw new Error(changed);
  await enqueueMove({ userId: account.id, moveId: move.id });
  return `The account is frozen. ${email} gets a code in 72 hours, or when this command is run with confirm.`;
};

const confirm = async (account: User): Promise<string> => {
  const move = account.addressMove;
  if (!move) throw new Error("No change to another mailbox is waiting for this account.");
  const otpRequestId = randomUUID();
  const confirmation = { otpRequestId, confirmer: "operator" };
  if ((await addressMoveStore().confirm(account, move, confirmation)) !== "confirmed")
    throw new Error(changed);
  await enqueueLetter({ kind: "email_change", userId: account.id, otpRequestId });
  return `A code is on its way to ${move.email}. The account stays frozen until the code is confirmed.`;
};

const cancel = async (account: User): Promise<string> => {
  const move = account.addressMove;
  if (!move) throw new Error("No change to another mailbox is waiting for this account.");
  if ((await addressMoveStore().cancel(account, move, operator)) !== "cancelled") throw new Error(changed);
  await enqueueLetter({ kind: "address_move_cancelled", userId: account.id });
  return "The change is cancelled, and the account is no longer frozen. Its sessions stay ended.";
};

const moveUser = async (): Promise<string> => {
  const { values, operands } = readCommandLine("users:move");
  const [act = ""] = operands;
  const email = address("email", values.email);
  const newEmail = act === "start" ? address("new-email", values["new-email"]) : "";
  const target = await useTarget(values.stage);
  const account = await accountOf(email);
  return operatorLog(target, "users:move").acting({ act, userIds: [account.id] }, () => {
    if (act === "start") return start(account, newEmail);
    return act === "confirm" ? confirm(account) : cancel(account);
  });
};

await runCommand(async () => console.log(await moveUser()));
