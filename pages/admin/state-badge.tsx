import type { AdminUser } from "./data-provider.ts";

const deliveryLabels = {
  undeliverable: "Emails come back",
  complained: "Reported as spam",
  suppressed: "Held back by SES",
} as const;

const labels = { active: "Active", disabled: "Deactivated", pending: "Pending" } as const;

export const StateBadge = ({ user }: { user: AdminUser }) => (
  <span className="badges">
    <span className={`badge ${user.state}`}>
      {user.address_move ? "Frozen" : user.invited ? "Invited" : labels[user.state]}
    </span>
    {user.delivery && user.delivery.state !== "fine" && (
      <span className="badge undelivered">{deliveryLabels[user.delivery.state]}</span>
    )}
    {user.is_staff && <span className="badge staff">Administrator</span>}
  </span>
);
