import { ActButton } from "./act-button.tsx";
import { inviteUser } from "./acts.ts";
import { editableFields } from "./attributes.ts";
import type { FieldProps } from "./form.tsx";

const named = [
  { name: "username", label: "Username", maxLength: 150 },
  ...editableFields.filter(({ kind }) => kind === "text"),
];

const asked: FieldProps[] = [
  {
    name: "email",
    label: "Email",
    type: "email",
    autoComplete: "off",
    hint: "We send a code to it, which is valid for seven days.",
  },
  ...named.map(({ name, label, maxLength }) => ({
    name,
    label: `${label} (optional)`,
    maxLength,
    autoComplete: "off",
    required: false,
  })),
];

const invite = ({ email = "", ...typed }: Record<string, string>) =>
  inviteUser({ email, ...Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== "")) });

export const InviteUser = () => (
  <ActButton
    label="Invite…"
    question="Invite a person?"
    confirmLabel="Send invitation"
    done="The invitation is on its way."
    run={invite}
    fields={asked}
  />
);
