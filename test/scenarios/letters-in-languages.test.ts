import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, it } from "vitest";
import type { Locale } from "../../shared/identity/locale.ts";
import { succeed } from "../support/calls/api.ts";
import { codeIn, letterTo, lettersTo } from "../support/mail/letters.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { loginCode, newPerson } from "../support/people/people.ts";
import { presetSession } from "../support/presets/presets.ts";
import { outputOf } from "../support/stacks/stack-outputs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});

const speak = async (userId: string, locale: Locale) => {
  const { url, region, ...credentials } = stack.endpoint;
  const client = new DynamoDBClient({ endpoint: url, region, credentials });
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: outputOf(stack, "UsersTable"),
      Key: { pk: `user#${userId}` },
      UpdateExpression: "SET #locale = :locale",
      ExpressionAttributeNames: { "#locale": "locale" },
      ExpressionAttributeValues: { ":locale": locale },
    }),
  );
  client.destroy();
};

it.each([
  [
    "de",
    "ltr",
    [
      "LIT Auth: Ihr Anmeldecode",
      "LIT Auth: Ihr Code für ein neues Passwort",
      "LIT Auth: Ihre E-Mail-Adresse soll geändert werden",
      "LIT Auth: Ihr Code für die neue E-Mail-Adresse",
      "LIT Auth: Ihr Konto wurde gelöscht",
    ],
  ],
  [
    "ar",
    "rtl",
    [
      "رمز تسجيل الدخول إلى LIT Auth",
      "رمز إعادة تعيين كلمة المرور في LIT Auth",
      "عنوان بريدك الإلكتروني في LIT Auth على وشك التغيير",
      "رمز تغيير عنوان البريد الإلكتروني في LIT Auth",
      "حُذف حسابك في LIT Auth",
    ],
  ],
] as const)("all letters of an account are in its language (%s)", async (locale, direction, subjects) => {
  const person = await presetSession(stack);
  await speak(person.id, locale);
  const token = { token: person.access };
  // The code of a right-to-left letter works as any other.
  const otp_code = await loginCode(person, 0);
  await succeed("createToken", { email: person.email, otp_code });
  await succeed("resetPassword", { email: person.email });
  codeIn(await letterTo(person.email, 2));
  const { email: newEmail } = newPerson();
  await succeed("setEmail", { new_email: newEmail, current_password: person.password }, token);
  codeIn(await letterTo(person.email, 3));
  codeIn(await letterTo(newEmail));
  await succeed("deleteMe", { current_password: person.password }, token);
  await letterTo(person.email, 4);
  await allLettersSent(stack);
  const old = await lettersTo(person.email);
  const letters = [...old.slice(0, 3), ...(await lettersTo(newEmail)), ...old.slice(3)];
  expect(letters.map(({ Subject }) => Subject)).toEqual(subjects);
  for (const { Body } of letters)
    expect(Body.html_part).toContain(`<html lang="${locale}" dir="${direction}">`);
});
