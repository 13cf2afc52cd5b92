import { randomUUID } from "node:crypto";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { documents } from "../../support/store/documents.ts";
import { formerAddressStore, rememberFormerAddress } from "../../../shared/accounts/former-address-store.ts";
import { activeUser } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

describe("former address", () => {
  it("is stored until its letter is sent, for a day at most", async () => {
    const clock = fakeClock();
    const user = await activeUser(clock.now);
    const formerAddresses = formerAddressStore(clock.now);
    const remember = () =>
      documents().send(
        new TransactWriteCommand({ TransactItems: [rememberFormerAddress("deleted", user, clock.now())] }),
      );
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await remember();
    expect(await formerAddresses.find("deleted", user.id)).toBe(user.email);
    await formerAddresses.forget("deleted", user.id);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await remember();
    clock.pass(86_400);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await formerAddresses.forget("deleted", randomUUID());
  });
});
