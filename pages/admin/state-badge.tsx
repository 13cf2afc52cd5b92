import type { AdminUser } from "./data-provider.ts";

const labels = { active: "Active", disabled: "Deactivated", pending: "Pending" } as const;

export const StateBadge = ({ user }: { user: AdminUser }) => (
  <span className="badges">
    <span className={`badge ${user.state}`}>{user.address_move ? "Frozen" : labels[user.state]}</span>
    {user.is_staff && <span className="badge staff">Staff</span>}
  </span>
);
