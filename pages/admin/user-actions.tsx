/** What can be done to a person. Nobody can do away with himself: the server refuses it, and no button offers it. */
import { useRedirect } from "ra-core";
import { ActButton, type Act } from "./act-button.tsx";
import { changeUser, deleteUser, sendCode, unlockUser } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";

const useActs = (user: AdminUser): Record<"activation" | "staff" | "code" | "unlock" | "remove", Act> => {
  const redirect = useRedirect();
  const { id, email } = user;

  const remove = async () => {
    await deleteUser(id);
    redirect("list", "users");
  };

  return {
    activation: user.is_active
      ? {
          label: "Deactivate",
          question: `Deactivate ${email}? All sessions end at once.`,
          done: `${email} is deactivated.`,
          run: () => changeUser(id, { is_active: false }),
          danger: true,
        }
      : { label: "Activate", done: `${email} is active.`, run: () => changeUser(id, { is_active: true }) },
    staff: {
      label: user.is_staff ? "Remove from staff" : "Make staff",
      question: user.is_staff ? `Remove ${email} from staff?` : `Let ${email} administer all users?`,
      done: user.is_staff ? `${email} is no longer staff.` : `${email} is staff now.`,
      run: (current_password) => changeUser(id, { is_staff: !user.is_staff, current_password }),
      asksPassword: true,
    },
    code: {
      label: "Send code",
      done: `A new activation code is on its way to ${email}.`,
      run: () => sendCode(id),
    },
    unlock: { label: "Unlock", done: `Wrong guesses are forgotten for ${email}.`, run: () => unlockUser(id) },
    remove: {
      label: "Delete",
      question: `Delete ${email}? This cannot be undone.`,
      done: `${email} is deleted.`,
      run: remove,
      danger: true,
    },
  };
};

export const UserActions = ({ user, isSelf }: { user: AdminUser; isSelf: boolean }) => {
  const { activation, staff, code, unlock, remove } = useActs(user);
  const offered =
    user.state === "pending"
      ? [code, unlock, remove]
      : isSelf
        ? [unlock]
        : [activation, staff, unlock, remove];
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">Actions</h2>
      {isSelf && (
        <p className="hint">This is you: another administrator must deactivate, demote or delete you.</p>
      )}
      <div className="bar">
        {offered.map((act) => (
          <ActButton key={act.label} {...act} />
        ))}
      </div>
    </section>
  );
};
