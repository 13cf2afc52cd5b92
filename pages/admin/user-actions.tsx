import { useRedirect } from "ra-core";
import { ActButton, ownPassword, type Act } from "./act-button.tsx";
import { changeAddress, changeUser, deleteUser, sendCode, unlockUser } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";

const useActs = (
  user: AdminUser,
): Record<"activation" | "staff" | "code" | "address" | "unlock" | "remove", Act> => {
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
      run: ({ current_password }) => changeUser(id, { is_staff: !user.is_staff, current_password }),
      fields: [ownPassword],
    },
    code:
      user.state === "pending"
        ? {
            label: "Send code",
            done: `A new activation code is on its way to ${email}.`,
            run: () => sendCode(id),
          }
        : {
            label: "Send reset email",
            done: `An email with a password reset code is on its way to ${email}.`,
            run: () => sendCode(id),
          },
    address: {
      label: "Change address…",
      question: `Change the email address of ${email}?`,
      done: "A code is on its way to the new address. The change takes effect when the code is confirmed.",
      run: ({ new_email = "", current_password = "" }) => changeAddress(id, { new_email, current_password }),
      fields: [
        {
          name: "new_email",
          label: "New address",
          type: "email",
          autoComplete: "off",
          hint: "We send a code to it. The old address is notified and can undo the change for seven days.",
        },
        ownPassword,
      ],
    },
    unlock: {
      label: "Unlock",
      done: `The wrong passwords and codes counted for ${email} were cleared.`,
      run: () => unlockUser(id),
    },
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
  const { activation, staff, code, address, unlock, remove } = useActs(user);
  const ofOthers = user.is_active ? [code, address, activation, staff] : [activation, staff];
  const offered =
    user.state === "pending" ? [code, unlock, remove] : isSelf ? [unlock] : [...ofOthers, unlock, remove];
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">Actions</h2>
      {isSelf && (
        <p className="hint">
          This is your own account. Only another administrator can deactivate, demote or delete it.
        </p>
      )}
      <div className="bar">
        {offered.map((act) => (
          <ActButton key={act.label} {...act} />
        ))}
      </div>
    </section>
  );
};
