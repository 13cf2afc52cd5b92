// Attacks by a thief who has a session, a device token and the password of an owner.
import { newPerson } from "../bench/load/phases.ts";
import type { Answer } from "../bench/load/networks.ts";
import { countOf, heldWithout, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

const robbed = async (target: AttackTarget): Promise<{ owner: TargetUser; thief: TargetUser }> => {
  const owner = await target.signedIn();
  const thief = { ...owner, network: target.newNetwork() };
  // The owner acts from another device.
  return { owner: Object.assign(owner, { access: "", deviceToken: undefined }), thief };
};

/** Moves the account to the thief's mailbox. */
const takeAway = async (target: AttackTarget, thief: TargetUser): Promise<void> => {
  const new_email = newPerson().email;
  await target.must(thief, "setEmail", { new_email, current_password: thief.password }, 204);
  const otp_code = await target.codeTo(new_email, "change");
  await target.must(thief, "confirmEmail", { otp_code }, 200);
  thief.email = new_email;
};

const hasDate = ({ body, headers }: Answer): boolean =>
  JSON.stringify(body).includes("You can delete the account from") && headers.has("retry-after");

const deleteBeforeUndo = async (target: AttackTarget): Promise<Outcome> => {
  const failures: string[] = [];
  const { owner, thief } = await robbed(target);
  const deleteOften = () =>
    target.sendMany(4, () => target.sendAs(thief, "deleteMe", { current_password: thief.password }));
  const undo = async () => {
    const { email } = owner;
    const otp_code = await target.codeTo(email, "undo");
    return (await target.sendAs(owner, "undoEmail", { email, otp_code })).status;
  };
  await takeAway(target, thief);
  const refused = await deleteOften();
  if (countOf(refused, 400) !== refused.length || !refused.every(hasDate))
    failures.push(`deleting gets ${refused.map(({ status }) => status).join()}, not 400 with the date`);

  const staff = await target.administrator();
  const { id } = (await target.must(thief, "getMe", undefined, 200)).body as { id: string };
  const setActive = (is_active: boolean) =>
    target.must(staff, "updateUser", { is_active, current_password: staff.password }, 200, id);
  const meanwhile: Answer[] = [];
  for (let times = 0; times < 3; times += 1) {
    meanwhile.push(...(await Promise.all([setActive(false), deleteOften()]))[1]);
    const frozen = await undo();
    if (frozen !== 400) failures.push(`undoing a deactivated account gets ${frozen}`);
    meanwhile.push(...(await Promise.all([setActive(true), deleteOften()]))[1]);
    await target.signIn(thief);
    meanwhile.push(...(await deleteOften()));
  }
  const deleted = countOf(meanwhile, 204);
  if (deleted > 0) failures.push(`${deleted} of ${meanwhile.length} later deletions succeeded`);
  const undone = await undo();
  if (undone !== 204) failures.push(`the owner's undo gets ${undone}`);
  const { body } = await target.must(await target.signIn(owner), "getMe", undefined, 200);
  if (!JSON.stringify(body).includes(owner.email)) failures.push("the account has another address");
  return heldWithout(
    failures,
    `${refused.length + meanwhile.length} deletions were refused, before, while and after staff deactivated the account, and the owner has it back`,
  );
};

const timesTried = 40;
// Five password changes, five changes of address, twenty sign-in codes and five resets an hour.
// Each password change revokes codes, so another letter with each kind of code may leave.
const mostLetters = 55;

const floodNotices = async (target: AttackTarget): Promise<Outcome> => {
  await target.awaitWindow(60);
  const { owner, thief } = await robbed(target);
  const counts: string[] = [];
  const often = async (name: string, act: () => Promise<Answer>) => {
    let succeeded = 0;
    for (let times = 0; times < timesTried; times += 1) if ((await act()).status < 300) succeeded += 1;
    counts.push(`${succeeded} ${name}`);
  };
  const { email } = owner;
  await often("password changes", async () => {
    const body = { current_password: thief.password, new_password: newPerson().password };
    const answer = await target.sendAs(thief, "setPassword", body);
    if (answer.status === 204) thief.password = body.new_password;
    return answer;
  });
  await often("usernames", () => target.sendAs(thief, "updateMe", { username: newPerson().username }));
  await often("sign-in codes", () => target.sendAs(thief, "requestOtp", { email, password: thief.password }));
  await often("resets", () =>
    target.networks.send(target.newNetwork(), "resetPassword", { body: { email } }),
  );
  await takeAway(target, thief);
  await often("changes of address", () =>
    target.sendAs(thief, "setEmail", {
      new_email: newPerson().email,
      current_password: thief.password,
    }),
  );
  const letters = await target.letters.countTo((address) => address === email);

  const failures = letters > mostLetters ? [`${letters} letters were sent`] : [];
  const attempt = async (name: string, act: () => Promise<unknown>) => {
    await act().catch((error: unknown) => failures.push(`the owner's ${name} failed: ${String(error)}`));
  };
  await attempt("undo", async () => {
    const otp_code = await target.codeTo(email, "undo");
    await target.must(owner, "undoEmail", { email, otp_code }, 204);
  });
  await attempt("reset", () => target.resetPassword(owner));
  await attempt("sign-in", () => target.signIn(owner));
  return heldWithout(
    failures,
    `${letters} letters for ${counts.join(", ")}, ${timesTried} tried of each; the owner undid, reset and signed in`,
  );
};

const useUpSignIns = async (target: AttackTarget): Promise<Outcome> => {
  const failures: string[] = [];
  for (const device of ["known", "unknown"]) {
    await target.awaitWindow(30);
    const { owner, thief } = await robbed(target);
    if (device === "unknown") thief.deviceToken = undefined;
    const { email, password } = thief;
    for (let times = 0; times < 25; times += 1) await target.sendAs(thief, "requestOtp", { email, password });
    await target.resetPassword(owner);
    if (device === "unknown") owner.deviceToken = undefined;
    await target.signIn(owner).catch((error: unknown) => failures.push(`${device} device: ${String(error)}`));
  }
  return heldWithout(failures, "after 25 sign-in codes for the thief the owner reset and signed in");
};

export const attacksByThieves: Record<string, Attack> = {
  "take an account to another mailbox and delete it": {
    expected: "deleting is refused with the date, and the owner's undo works, whatever staff does meanwhile",
    run: deleteBeforeUndo,
  },
  "flood an owner with notices": {
    expected: `at most ${mostLetters} letters, and the owner can undo, reset and sign in`,
    run: floodNotices,
  },
  "use up an owner's sign-in codes": {
    expected: "the owner resets the password and then gets a sign-in code that works",
    run: useUpSignIns,
  },
};
