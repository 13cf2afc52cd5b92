import { randomUUID } from "node:crypto";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { documents } from "../../support/store/documents.ts";
import { formerAddressStore, rememberFormerAddress } from "../../../shared/accounts/former-address-store.ts";
import { activeUser } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

describe("former address", () => {
  it("is stored until its letter is sent, for five days at most", async () => {
    const clock = fakeClock();
    const user = { ...(await activeUser(clock.now)), locale: "de" as const };
    const contact = { email: user.email, addressKey: user.addressKey, locale: "de" };
    const formerAddresses = formerAddressStore(clock.now);
    const remember = () =>
      documents().send(
        new TransactWriteCommand({ TransactItems: [rememberFormerAddress("deleted", user, clock.now())] }),
      );
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await remember();
    expect(await formerAddresses.find("deleted", user.id)).toEqual(contact);
    await formerAddresses.forget("deleted", user.id);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await remember();
    clock.pass(5 * 86_400 - 1);
    expect(await formerAddresses.find("deleted", user.id)).toEqual(contact);
    clock.pass(1);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await formerAddresses.forget("deleted", randomUUID());
  });
});
