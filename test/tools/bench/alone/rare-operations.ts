// Calls the operations that `phases.ts` leaves out, as an owner and two administrators.
import * as z from "zod";
import { runCommand } from "../../../support/calls/commands.ts";
import type { Client } from "../load/client.ts";
import type { LetterBox } from "../load/letter-box.ts";
import { newPerson, type createPhases, type Person } from "../load/phases.ts";

const identified = z.object({ id: z.string() });
const listed = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.object({ results: z.array(z.object({ id: z.string(), ...shape })) });
const sessionList = listed({ current: z.boolean().optional() });
const personList = listed({ email: z.string() });

const createAdministrator = async ({ email, username, password }: Person, folder: string) => {
  const parameters = ["--email", email, "--username", username];
  const { code, stderr } = await runCommand("create-admin", parameters, { folder, input: `${password}\n` });
  if (code !== 0) throw new Error(`create-admin failed: ${stderr}`);
};

/** `folder` is the one with the stack's data directory. */
export const callRareOperations = async ({
  client: { call, callForHeaders },
  phases: { activate, signIn },
  letterBox: { codeTo, longCodeTo },
  folder,
}: {
  client: Client;
  phases: ReturnType<typeof createPhases>;
  letterBox: LetterBox;
  folder: string;
}): Promise<void> => {
  const [owner, newcomer, first, second] = [newPerson(), newPerson(), newPerson(), newPerson()];
  const newAddress = () => newPerson().email;

  await call("getConfiguration");
  await call("getKeys");

  await activate(owner);
  await signIn(owner);
  const body = { new_email: newAddress(), current_password: owner.password };
  await call("setEmail", { token: owner.access, body });
  await call("confirmEmail", { token: owner.access, body: { otp_code: await longCodeTo(body.new_email) } });
  await call("undoEmail", { body: { email: owner.email, otp_code: await longCodeTo(owner.email) } });
  await signIn(owner);
  await signIn(owner);
  const { access } = owner;
  const { results } = sessionList.parse(await call("listSessions", { token: access }));
  await call("endSession", { token: access, id: results.find(({ current }) => !current)?.id });

  for (const administrator of [first, second]) {
    await createAdministrator(administrator, folder);
    await signIn(administrator);
  }
  const { id } = identified.parse(await call("getMe", { token: access }));
  const [token, current_password] = [first.access, first.password];
  await call("getActivity", { token: access });
  await call("getUser", { token, id });
  await call("updateUser", { token, id, body: { first_name: "Ada" } });
  await call("unlockUser", { token, id });
  await call("retryDelivery", { token, id });
  await call("exportUser", { token, id, body: { current_password } });
  const [session] = sessionList.parse(await call("listUserSessions", { token, id })).results;
  await call("endUserSession", { token, id, sessionId: session?.id });
  await call("listUserActivity", { token, id });
  await call("endUserSessions", { token, id });
  await call("inviteUser", { token, body: { email: newAddress() } });

  await call("requestOtp", { body: { email: first.email, password: first.password } });
  const proof = { email: first.email, otp_code: await codeTo(first.email) };
  const { cookie } = await callForHeaders("openAdminSession", { body: proof });
  await call("endAdminSession", { cookie });

  const new_email = newAddress();
  await call("setUserEmail", { token, id, body: { new_email, current_password } });
  await call("claimEmail", { body: { email: new_email, otp_code: await longCodeTo(new_email) } });
  const lost = { new_email: newAddress(), current_password, mailbox: "lost" };
  await call("setUserEmail", { token, id, body: lost });
  await call("cancelUserEmail", { token, id });
  await call("setUserEmail", { token, id, body: lost });
  await call("confirmUserEmail", {
    token: second.access,
    id,
    body: { new_email: lost.new_email, current_password: second.password },
  });

  const { username, email, password } = newcomer;
  await call("createUser", { body: { username, email, password } });
  const people = personList.parse(await call("listUsers", { token })).results;
  const registration = people.find((one) => one.email === email)?.id;
  await call("sendCode", { token, id: registration });
  await call("deleteUser", { token, id: registration, body: { current_password } });
};
