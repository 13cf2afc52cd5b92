import { addressChangeStore } from "../shared/accounts/address-change-store.ts";
import { addressMoveStore } from "../shared/accounts/address-move-store.ts";
import { addressUndoStore } from "../shared/accounts/address-undo-store.ts";
import { formerAddressStore } from "../shared/accounts/former-address-store.ts";
import { registrationStore } from "../shared/accounts/registration-store.ts";
import { userStore } from "../shared/accounts/user-store.ts";
import { codeStore } from "../shared/codes/code-store.ts";
import { codeDigest, createCode } from "../shared/codes/codes.ts";
import { countingSent } from "../shared/delivery/all-letters-store.ts";
import { unprovenLetterStore } from "../shared/delivery/unproven-letter-store.ts";
import { letterStops } from "../shared/delivery/letter-stops.ts";
import { isLocale } from "../shared/identity/locale.ts";
import { limitStore } from "../shared/limits/limit-store.ts";
import { letterOrder } from "../shared/mail/letter-orders.ts";
import { enqueueLetter, parkedLetters, putAside } from "../shared/mail/mail-queue.ts";
import { orderConsumer } from "../shared/mail/order-consumer.ts";
import { queueConsumer } from "../shared/platform/queue-consumer.ts";
import { parkingLater } from "../shared/queues/later-messages.ts";
import { sendEmail } from "../shared/mail/ses.ts";
import { passwordResetStore } from "../shared/passwords/password-reset-store.ts";
import { nowSeconds } from "../shared/platform/clock.ts";
import { environment } from "../shared/platform/environment.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

const buildDeps = () => {
  const { PRODUCT_NAME, OTP_LIFETIME_SECONDS, DEFAULT_LOCALE } = environment(
    "PRODUCT_NAME",
    "OTP_LIFETIME_SECONDS",
    "DEFAULT_LOCALE",
  );
  return {
    users: userStore(),
    codes: codeStore(),
    stops: letterStops(),
    ending: { ...registrationStore(), ...unprovenLetterStore() },
    addressChanges: addressChangeStore(),
    moves: addressMoveStore(),
    undoing: addressUndoStore(),
    registrations: registrationStore(),
    resets: passwordResetStore(),
    limits: limitStore(),
    formerAddresses: formerAddressStore(),
    createCode,
    codeDigest,
    sendEmail: countingSent(sendEmail),
    enqueueLetter,
    putAside,
    random: Math.random,
    recordSecurityEvent,
    nowSeconds,
    product: PRODUCT_NAME,
    defaultLocale: isLocale(DEFAULT_LOCALE) ? DEFAULT_LOCALE : ("en" as const),
    lifetimeSeconds: OTP_LIFETIME_SECONDS,
  };
};

export const handler = await queueConsumer(
  ...parkingLater(letterOrder, orderConsumer(), parkedLetters()),
  buildDeps,
);
