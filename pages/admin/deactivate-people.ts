// Each person is a call of their own, so that each counts against the limit of staff acts.
import { HttpError } from "ra-core";
import { changeUser } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";
import { fieldErrorsOf } from "./refusals.ts";

const atOnce = 4;
const emailsShown = 3;

const isPasswordWrong = (error: unknown): boolean => fieldErrorsOf(error)["current_password"] !== undefined;

/** A refusal that the next person would get too. */
const endsAll = (error: unknown): boolean =>
  isPasswordWrong(error) ||
  (error instanceof HttpError && ([0, 401, 403, 429].includes(error.status) || error.status >= 500));

const namesOf = (people: AdminUser[]): string => {
  const names = people.slice(0, emailsShown).map(({ email }) => email);
  const more = people.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** Why a person can't be deactivated together with others, as the end of a sentence. */
const obstacleOf = ({ id, is_staff, state, address_move }: AdminUser, ownId: unknown): string | undefined => {
  if (id === ownId) return "you can't deactivate yourself";
  if (is_staff) return "administrators are deactivated one by one, on their own page";
  if (state === "pending") return "registrations are deleted, not deactivated";
  if (address_move) return "they are frozen";
  return state === "disabled" ? "they are deactivated already" : undefined;
};

export const sortOut = (people: AdminUser[], ownId: unknown) => {
  const skipped = Map.groupBy(people, (person) => obstacleOf(person, ownId));
  const eligible = skipped.get(undefined) ?? [];
  skipped.delete(undefined);
  return {
    eligible,
    skipped: [...skipped].map(([reason, some]) => `Skipped: ${namesOf(some)}, because ${reason}.`).join(" "),
  };
};

export const peopleCount = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

/** One by one until a success: a wrong password is then one wrong guess, not as many as people. */
export const deactivateAll = async (people: AdminUser[], current_password: string) => {
  const waiting = [...people];
  const failures = new Map<AdminUser, Error>();
  let isProven = false;
  let end: Error | undefined;
  const act = async (person: AdminUser) => {
    try {
      if (end) throw end;
      await changeUser(person.id, { is_active: false, current_password });
      isProven = true;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      failures.set(person, failure);
      if (endsAll(failure)) end = failure;
    }
  };
  const actUntil = async (isDone: () => boolean): Promise<void> => {
    const person = isDone() ? undefined : waiting.shift();
    if (!person) return;
    await act(person);
    await actUntil(isDone);
  };
  await actUntil(() => isProven);
  await Promise.all(Array.from({ length: atOnce }, () => actUntil(() => false)));
  return failures;
};

/** What the dialog says. A wrong password stands at its field instead. */
export const reportOf = (count: number, failures: Map<AdminUser, Error>): Error => {
  const errors = [...failures.values()];
  const whole = errors.find(
    (error) => isPasswordWrong(error) || (error instanceof HttpError && [401, 403].includes(error.status)),
  );
  if (whole) return whole;
  const reasons = [...Map.groupBy(failures, ([, { message }]) => message)].map(
    ([message, some]) => `Not ${namesOf(some.map(([person]) => person))}: ${message}`,
  );
  return new Error(
    `${count - failures.size} of ${peopleCount(count)} are deactivated. ${reasons.join(" ")} They stay selected.`,
  );
};
