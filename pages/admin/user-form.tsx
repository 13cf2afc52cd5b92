// Sends only changed fields, so that two administrators don't undo each other's changes.
import type { SubmitEvent } from "react";
import { changeUser, useAct, type UserChanges } from "./acts.ts";
import { editableFields, isClosed, notChosen, sentValue, typedValue } from "./attributes.ts";
import type { AdminUser } from "./data-provider.ts";
import { Choice, Field, FormFailure, textOf } from "./form.tsx";

const texts = editableFields.filter((field) => !isClosed(field));
const closed = editableFields.filter(isClosed);

/** Another key shows saved values. News about the person leave it, and what is typed, as it is. */
export const UserForm = ({ user }: { user: AdminUser }) => (
  <Form
    key={JSON.stringify([user.username, ...editableFields.map((field) => typedValue(user, field))])}
    user={user}
  />
);

const Form = ({ user }: { user: AdminUser }) => {
  const { mutate, isPending, error } = useAct((changes: UserChanges) => changeUser(user.id, changes), {
    done: `The changes to ${user.email} are saved.`,
  });

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { username = "", ...typed } = textOf(event.currentTarget);
    const changed = editableFields.filter((field) => typed[field.name] !== typedValue(user, field));
    mutate({
      ...(username !== user.username && { username }),
      ...Object.fromEntries(changed.map((field) => [field.name, sentValue(field, typed[field.name] ?? "")])),
    });
  };

  const common = { autoComplete: "off", failure: error };
  return (
    <section aria-labelledby="names">
      <h2 id="names">Profile</h2>
      <form onSubmit={submit} className="bar">
        <Field name="username" label="Username" defaultValue={user.username} maxLength={150} {...common} />
        {texts.map((field) => (
          <Field
            key={field.name}
            name={field.name}
            label={field.label}
            defaultValue={typedValue(user, field)}
            inputMode={field.kind === "number" ? "decimal" : "text"}
            maxLength={field.maxLength}
            {...common}
          />
        ))}
        {closed.map((field) => (
          <Choice
            key={field.name}
            name={field.name}
            label={field.label}
            defaultValue={typedValue(user, field)}
            choices={{ ...(field.canBeUnset && { "": notChosen }), ...field.choices }}
          />
        ))}
        <button type="submit" className="primary" disabled={isPending}>
          Save
        </button>
      </form>
      <FormFailure failure={error} fields={["username", ...texts.map(({ name }) => name)]} />
    </section>
  );
};
