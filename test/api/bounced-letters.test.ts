// Uses the mailbox simulator of SES, which the local stack has too.
import { describe, expect, it } from "vitest";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { call } from "../support/calls/api.ts";
import { newPerson, register } from "../support/people/people.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";

const registeredAt = (mailbox: string) => {
  const person = newPerson();
  return register({ ...person, email: `${mailbox}+${person.username}@simulator.amazonses.com` });
};

describe("letters that come back", () => {
  it("remove a registration with a missing mailbox, and no other", async ({ skip }) => {
    requireCapability("reportsOfLetters", skip);
    const complaining = await registeredAt("complaint");
    const { email, password } = await registeredAt("bounce");
    const refused = await eventually(
      "the end of the registration",
      async () => {
        const answer = await call("requestOtp", { email, password });
        return answer.status === 200 ? undefined : answer;
      },
      { pauseMilliseconds: 1000 },
    );
    expectRefused(refused, "no_active_account");
    const { status } = await call("requestOtp", complaining);
    expect(status).toBe(200);
  });
});
