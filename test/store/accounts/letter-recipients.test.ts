import { randomUUID } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { addressUndoStore } from "../../../shared/accounts/address-undo-store.ts";
import { formerAddressStore } from "../../../shared/accounts/former-address-store.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import type { Locale } from "../../../shared/identity/locale.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { emailChangePk, emailUndoPk, resetPk } from "../../../shared/store/address-items.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { emailChangeFlow, newAddress } from "../../support/people/email-change-flow.ts";
import { documents } from "../../support/store/documents.ts";

const speak = (userId: string, locale: Locale | undefined) =>
  documents().send(
    new UpdateCommand({
      TableName: process.env["USERS_TABLE"],
      Key: { pk: userPk(userId) },
      UpdateExpression: locale ? "SET #locale = :locale" : "REMOVE #locale",
      ExpressionAttributeNames: { "#locale": "locale" },
      ...(locale && { ExpressionAttributeValues: { ":locale": locale } }),
    }),
  );

it("items behind letters have the address key and language", async () => {
  const { clock, user, remove, currentUser } = await emailChangeFlow();
  await speak(user.id, "de");
  const to = newAddress();
  const otpRequestId = randomUUID();
  const code = { otpRequestId, otpDigest: "d", otpExpiresAt: clock.now() + 600 };
  const [changes, codes, resets] = [
    addressChangeStore(clock.now),
    codeStore(clock.now),
    passwordResetStore(clock.now),
  ];
  await changes.start(await currentUser(), { ...to, otpRequestId, byStaff: false });
  const before = { email: user.email, addressKey: user.addressKey };
  expect(await codes.issue(emailUndoPk(user.addressKey), code)).toEqual({ ...before, locale: "de" });
  expect(await codes.issue(emailChangePk(user.id), code)).toEqual({ ...to, locale: "de" });
  expect(await changes.find(user.id)).toMatchObject({ ...to, locale: "de" });
  expect(await addressUndoStore(clock.now).find(user.addressKey)).toMatchObject({ locale: "de" });
  for (const locale of ["de", undefined] as const) {
    await speak(user.id, locale);
    expect(await resets.begin(await currentUser(), otpRequestId)).toBe("begun");
    const expected = { ...before, ...(locale && { locale }) };
    expect(await codes.issue(resetPk(user.addressKey), code)).toEqual(expected);
  }
  const change = await changes.find(user.id);
  if (!change) throw new Error("no change");
  await changes.confirm(await currentUser(), change, ["d"], randomUUID());
  await speak(user.id, "fr");
  expect(await remove()).toBe("removed");
  const formerAddresses = formerAddressStore(clock.now);
  expect(await formerAddresses.find("earlier", user.id)).toEqual({ ...before, locale: "de" });
  expect(await formerAddresses.find("deleted", user.id)).toEqual({ ...to, locale: "fr" });
});
