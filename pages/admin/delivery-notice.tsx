import { ActButton } from "./act-button.tsx";
import { retryDelivery } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";
import { Time } from "./time.tsx";

type Delivery = NonNullable<AdminUser["delivery"]>;

const headings: Record<Delivery["state"], string> = {
  fine: "Emails to this address arrive",
  undeliverable: "Emails to this address come back",
  complained: "An email to this address was reported as spam",
  suppressed: "Emails to this address are held back by SES",
};

const reasons: Record<NonNullable<Delivery["reason"]>, string> = {
  no_such_mailbox:
    "Its mail server says that the mailbox does not exist. Codes are held back for an hour the first time, then for a day, then for seven days. Notices still leave.",
  mailbox_full: "The mailbox is full. This stops no emails.",
  message_refused: "Its mail server refused what the email contained. This stops no emails.",
  refused: "Its mail server refused the email. This stops no emails.",
  complaint: "A report stops no emails.",
  suppression_list:
    "SES has the address on its suppression list, for example because an email of another sender came back.",
};

export const DeliveryNotice = ({ user, delivery }: { user: AdminUser; delivery: Delivery }) => (
  <section aria-labelledby="delivery">
    <h2 id="delivery">{headings[delivery.state]}</h2>
    <p>{delivery.reason && reasons[delivery.reason]}</p>
    {delivery.at && (
      <p>
        Reported <Time at={delivery.at} />
      </p>
    )}
    <ActButton
      label="Try again"
      done={`Emails to ${user.email} leave again.`}
      run={() => retryDelivery(user.id)}
    />
  </section>
);
