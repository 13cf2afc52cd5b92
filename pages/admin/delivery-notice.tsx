import { ActButton } from "./act-button.tsx";
import { retryDelivery } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";
import { Time } from "./time.tsx";

type Delivery = NonNullable<AdminUser["delivery"]>;

const headings: Record<Delivery["state"], string> = {
  fine: "Letters to this address arrive",
  undeliverable: "Letters to this address come back",
  complained: "A letter to this address was reported as spam",
  suppressed: "Letters to this address are held back by SES",
};

const reasons: Record<NonNullable<Delivery["reason"]>, string> = {
  no_such_mailbox:
    "Its mail server says that the mailbox does not exist. Codes are held back for an hour the first time, then for a day, then for seven days. Notices still leave.",
  mailbox_full: "The mailbox is full. Letters still leave.",
  message_refused: "Its mail server refused what the letter contained. Letters still leave.",
  refused: "Its mail server refused the letter. Letters still leave.",
  complaint: "Letters still leave.",
  suppression_list:
    "SES has the address on its suppression list, for example because a letter of someone else came back.",
};

export const DeliveryNotice = ({ user, delivery }: { user: AdminUser; delivery: Delivery }) => (
  <section aria-labelledby="delivery">
    <h2 id="delivery">{headings[delivery.state]}</h2>
    <p>
      {delivery.reason && reasons[delivery.reason]} {delivery.at && <Time at={delivery.at} />}
    </p>
    <ActButton
      label="Try again"
      done={`Letters to ${user.email} leave again.`}
      run={() => retryDelivery(user.id)}
    />
  </section>
);
