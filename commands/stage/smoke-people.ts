// Smoke tests register people at SES's mailbox simulator. Their names show what a run has left.
import { randomBytes } from "node:crypto";
import { operator } from "../../shared/events/actor.ts";
import { registrationStore } from "../../shared/accounts/registration-store.ts";
import { userStore } from "../../shared/accounts/user-store.ts";
import { personList } from "../../shared/admin/person-list.ts";
import { personLookup } from "../../shared/admin/person-lookup.ts";
import { domainOf, simulatorDomain } from "../../shared/identity/email-address.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { lettersFromKey, lettersKey, registrationBudgetKey } from "../../shared/limits/letter-limits.ts";
import { limitReturns } from "../../shared/limits/limit-returns.ts";
import { hour } from "../../shared/platform/clock.ts";
import { sessionStore } from "../../shared/sessions/session-store.ts";
import { isAccount, type Person } from "../../shared/store/user-items.ts";

const usernamePrefix = "lit-auth-smoke-";
const pageSize = 100;

export const newSmokePerson = () => {
  const label = randomBytes(8).toString("hex");
  return {
    username: `${usernamePrefix}${label}`,
    email: `success+${label}@${simulatorDomain}`,
    password: randomBytes(18).toString("base64url"),
  };
};
export type SmokePerson = ReturnType<typeof newSmokePerson>;

const remove = async (person: Person): Promise<void> => {
  if (!isAccount(person)) await registrationStore().remove(person);
  else {
    await userStore().remove(person, operator);
    await sessionStore().removeAll(person.id);
  }
};

const isOfSmokeTest = (person: Person): boolean =>
  person.username.startsWith(usernamePrefix) &&
  domainOf(person.email) === simulatorDomain &&
  !(isAccount(person) && person.isStaff);

/** Returns how many people of interrupted runs it has removed. */
export const removeSmokePeople = async (): Promise<number> => {
  const [list, people] = [personList(), personLookup()];
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await list.page({ usernamePrefix, size: pageSize, ...(cursor && { cursor }) });
    if (page === "cursor_not_valid") return removed;
    for (const { id } of page.people) {
      const person = await people.find(id);
      if (!person || !isOfSmokeTest(person)) continue;
      await remove(person);
      removed += 1;
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return removed;
};

export const removeSmokePerson = async ({ email }: SmokePerson): Promise<void> => {
  const addressKey = await pseudonyms.ofAddress(email);
  const [users, registrations] = [userStore(), registrationStore()];
  const id = await users.findIdByAddress(addressKey);
  const person = id === undefined ? await registrations.find(addressKey) : await users.find(id);
  if (person && isOfSmokeTest(person)) await remove(person);
};

/** All labels are one mailbox, so earlier runs would use up the letters of this one. */
export const forgetLettersOfRuns = async ({ email }: SmokePerson): Promise<void> =>
  limitReturns().clear(lettersKey.registration(await pseudonyms.ofMailbox(email)));

/** Takes the registration back from what the operator's network and all networks may register. */
export const giveBackRegistration = async (networkKey: string): Promise<void> => {
  const { giveBack } = limitReturns();
  const perHour = { rules: [{ maximum: 1, windowSeconds: hour }] };
  await giveBack({ ...perHour, key: registrationBudgetKey, refusal: "letter_budget_spent" });
  const key = lettersFromKey("registration", networkKey);
  await giveBack({ ...perHour, key, refusal: "too_many_letters_from_network" });
};

export const networkKeyOf = async ({ email }: SmokePerson): Promise<string | undefined> =>
  (await registrationStore().find(await pseudonyms.ofAddress(email)))?.networkKey;
