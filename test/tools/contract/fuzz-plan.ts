// What valid requests need to succeed: living tokens, ids of people and sessions, passwords, codes.
// People of their own do, once, what ends a session, an account or a code.
import * as z from "zod";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { newPerson, type Person } from "../bench/load/phases.ts";
import type { ContractTarget } from "./contract-target.ts";

/** Replaces the token, the id in the path and fields of the body of a valid request. */
type Call = { token?: string; id?: string; body?: Record<string, string> };
type Calls = Partial<Record<OperationName, Call[]>>;

/** A second administrator may confirm after 72 hours, and only a finished change can be undone. */
export const unreachable: ReadonlySet<string> = new Set<OperationName>(["confirmUserEmail", "undoEmail"]);

const me = z.object({ id: z.string() });
const sessions = z.object({ results: z.array(me) });

const entries = Object.values<Operation>(contract);

/** The id of the subject and the caller's password, wherever an operation asks for them. */
const usualCalls = (user: Person, staff: Person, subject: string): Record<string, Call[]> =>
  Object.fromEntries(
    entries.map(({ name, caller, path, body }) => {
      const { access: token, password } = caller === "staff" ? staff : user;
      const asksForPassword = body !== undefined && "current_password" in body.shape;
      const call: Call = {
        ...(caller !== "public" && { token }),
        ...(caller === "staff" && path.includes("{id}") && { id: subject }),
        ...(asksForPassword && { body: { current_password: password } }),
      };
      return [name, [call, call]];
    }),
  );

const callsOnce = async (target: ContractTarget, staff: Person): Promise<Calls> => {
  const { client, letterBox } = target;
  const idOf = async ({ access }: Person) => me.parse(await client.call("getMe", { token: access })).id;
  const people = await target.signedIn(12);
  const next = (): Person => {
    const person = people.pop();
    if (!person) throw new Error("more people are needed");
    return person;
  };
  const of = ({ access: token, password }: Person, body: Record<string, string> = {}): Call[] => [
    { token, body: { ...body, ...(password && { current_password: password }) } },
  ];

  const [ending, moved, mover, forgetful, returning] = [next(), next(), next(), next(), next()];
  const [claimed, registered] = [next(), newPerson()];
  const [session] = sessions.parse(await client.call("listSessions", { token: ending.access })).results;
  const movedId = await idOf(moved);
  const lost = { new_email: newPerson().email, current_password: staff.password, mailbox: "lost" };
  await client.call("setUserEmail", { token: staff.access, id: movedId, body: lost });
  const claim = { new_email: newPerson().email, current_password: staff.password };
  await client.call("setUserEmail", { token: staff.access, id: await idOf(claimed), body: claim });
  const { username } = registered;
  const registration = { username, email: registered.email, password: registered.password };
  await client.call("createUser", { body: registration });
  const new_email = newPerson().email;
  const move = { new_email, current_password: mover.password };
  await client.call("setEmail", { token: mover.access, body: move });
  await client.call("resetPassword", { body: { email: forgetful.email } });
  const { email, password } = returning;
  await client.call("requestOtp", { body: { email, password } });

  return {
    deleteMe: of(next()),
    setPassword: of(next(), { new_password: newPerson().password }),
    setEmail: of(next(), { new_email: newPerson().email }),
    endSession: [{ token: ending.access, id: session?.id ?? "" }],
    confirmEmail: [{ token: mover.access, body: { otp_code: await letterBox.longCodeTo(new_email) } }],
    cancelUserEmail: [{ token: staff.access, id: movedId }],
    deleteUser: [{ ...of(staff)[0], id: await idOf(next()) }],
    activateUser: [{ body: { ...registration, otp_code: await letterBox.codeTo(registered.email) } }],
    claimEmail: [{ body: { email: claim.new_email, otp_code: await letterBox.longCodeTo(claim.new_email) } }],
    refreshToken: [{ body: { refresh: next().refresh } }],
    logout: [{ body: { refresh: next().refresh } }],
    createToken: [{ body: { email, otp_code: await letterBox.codeTo(email) } }],
    confirmPasswordReset: [
      {
        body: {
          email: forgetful.email,
          otp_code: await letterBox.longCodeTo(forgetful.email),
          new_password: newPerson().password,
        },
      },
    ],
  };
};

/** Valid and wrong requests use up the limits of one administrator, so a few come from another. */
export const planOfFuzz = async (target: ContractTarget) => {
  const [guessing, staff] = [await target.administrator(), await target.administrator()];
  const [user, acting, subject] = (await target.signedIn(3)) as [Person, Person, Person];
  const { id } = me.parse(await target.client.call("getMe", { token: subject.access }));
  const special = await callsOnce(target, staff);
  const usual = usualCalls(acting, staff, id);
  const ofStaff = entries.filter(({ caller, path }) => caller === "staff" && path.includes("{id}"));
  const repeated = {
    ...Object.fromEntries(ofStaff.map(({ name }) => [name, [{ id }]])),
    requestOtp: [{ body: { email: subject.email, password: subject.password } }],
    verifyToken: [{ body: { token: user.access } }],
  };
  return {
    tokens: { user: user.access, staff: guessing.access },
    callers: Object.fromEntries(entries.map(({ name, caller }) => [name, caller])),
    once: { ...usual, ...special },
    repeated,
  };
};
