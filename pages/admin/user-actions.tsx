import { useRedirect } from "ra-core";
import { ActButton, ownPassword, type Act } from "./act-button.tsx";
import {
  cancelMove,
  changeAddress,
  changeUser,
  confirmMove,
  deleteUser,
  exportUser,
  sendCode,
  unlockUser,
} from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";
import type { FieldProps } from "./form.tsx";
import { saveJson } from "./save-file.ts";

type Offer =
  | "activation"
  | "staff"
  | "code"
  | "address"
  | "lostMailbox"
  | "confirmMove"
  | "cancelMove"
  | "unlock"
  | "exportData"
  | "remove";

const newAddress: FieldProps = {
  name: "new_email",
  label: "New address",
  type: "email",
  autoComplete: "off",
};

const useActs = (user: AdminUser): Record<Offer, Act> => {
  const redirect = useRedirect();
  const { id, email, address_move: move } = user;

  const remove: Act["run"] = async ({ current_password = "" }) => {
    await deleteUser(id, { current_password });
    redirect("list", "users");
  };

  return {
    activation: user.is_active
      ? {
          label: "Deactivate",
          question: `Deactivate ${email}? All sessions end at once.`,
          done: `${email} is deactivated.`,
          run: ({ current_password }) => changeUser(id, { is_active: false, current_password }),
          fields: [ownPassword],
          danger: true,
        }
      : { label: "Activate", done: `${email} is active.`, run: () => changeUser(id, { is_active: true }) },
    staff: {
      label: user.is_staff ? "Remove as administrator" : "Make administrator",
      question: user.is_staff ? `Remove ${email} as administrator?` : `Let ${email} administer all users?`,
      done: user.is_staff ? `${email} is no longer an administrator.` : `${email} is an administrator now.`,
      run: ({ current_password }) => changeUser(id, { is_staff: !user.is_staff, current_password }),
      fields: [ownPassword],
    },
    code:
      user.state === "pending"
        ? {
            label: user.invited ? "Send invitation again" : "Send code",
            done: `A new ${user.invited ? "invitation" : "activation code"} is on its way to ${email}.`,
            run: () => sendCode(id),
          }
        : {
            label: "Send reset email",
            done: `An email with a password reset code is on its way to ${email}.`,
            run: () => sendCode(id),
          },
    address: {
      label: "Change address…",
      confirmLabel: "Change address",
      question: `Change the email address of ${email}?`,
      done: "A code is on its way to the new address. The change takes effect when the code is confirmed.",
      run: ({ new_email = "", current_password = "" }) => changeAddress(id, { new_email, current_password }),
      fields: [
        {
          ...newAddress,
          hint: "We send a code to it. The old address is notified and can undo the change for seven days.",
        },
        ownPassword,
      ],
    },
    lostMailbox: {
      label: move ? "Correct the new address…" : "Mailbox lost or stolen…",
      question: `Freeze ${email} and move it to another address?`,
      confirmLabel: "Freeze and move",
      done: "The account is frozen. Both addresses get a notice.",
      run: ({ new_email = "", current_password = "" }) =>
        changeAddress(id, { new_email, current_password, mailbox: "lost" }),
      fields: [
        {
          ...newAddress,
          hint: "Sessions end at once, and no one can sign in. The new address gets its code after 72 hours, or when another administrator confirms. The old address can't undo it.",
        },
        ownPassword,
      ],
      danger: true,
    },
    confirmMove: {
      label: move?.confirmed ? "Send another code" : "Confirm the move",
      question: `Send the code for ${email} to ${move?.new_email ?? ""}?`,
      done: "A code is on its way to the new address. The account stays frozen until the code is confirmed.",
      run: ({ current_password = "" }) =>
        confirmMove(id, { current_password, ...(move && { new_email: move.new_email }) }),
      fields: [ownPassword],
    },
    cancelMove: {
      label: "Cancel the move",
      question: `Unfreeze ${email} and keep this address?`,
      done: `${email} is no longer frozen.`,
      run: () => cancelMove(id),
    },
    unlock: {
      label: "Unlock",
      done: `The wrong passwords and codes counted for ${email} were cleared.`,
      run: () => unlockUser(id),
    },
    exportData: {
      label: "Export data…",
      question: `Export the personal data of ${email}?`,
      confirmLabel: "Export",
      done: "The data is saved as a file. It is for its owner only.",
      run: async ({ current_password = "" }) =>
        saveJson(`user-${id}.json`, await exportUser(id, { current_password })),
      fields: [ownPassword],
    },
    remove: {
      label: "Delete",
      question: `Delete ${email}? This cannot be undone.`,
      done: `${email} is deleted.`,
      run: remove,
      leadsTo: "/users",
      fields: [ownPassword],
      danger: true,
    },
  };
};

export const UserActions = ({ user, isSelf }: { user: AdminUser; isSelf: boolean }) => {
  const acts = useActs(user);
  const { activation, staff, code, address, lostMailbox, unlock, exportData, remove } = acts;
  const { confirmMove, cancelMove } = acts;
  const moving = user.is_staff ? [cancelMove] : [confirmMove, lostMailbox, cancelMove];
  const active = [code, address, ...(user.is_staff ? [] : [lostMailbox]), activation, staff];
  const ofOthers = user.address_move ? moving : user.is_active ? active : [activation, staff];
  const offered =
    user.state === "pending"
      ? [code, unlock, remove]
      : isSelf
        ? [unlock, exportData]
        : [...ofOthers, unlock, exportData, remove];
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
