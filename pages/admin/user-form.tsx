// Sends only changed fields, so that two administrators don't undo each other's changes.
import type { SubmitEvent } from "react";
import { changeUser, useAct, type UserChanges } from "./acts.ts";
import type { AdminUser } from "./data-provider.ts";
import { Choice, Field, FormFailure, textOf } from "./form.tsx";
import { languages, noLanguage } from "./languages.ts";

const fields = ["username", "first_name", "last_name"] as const;
const labels = { username: "Username", first_name: "First name", last_name: "Last name" };

/** Another key shows saved values. News about the person leave it, and what is typed, as it is. */
export const UserForm = ({ user }: { user: AdminUser }) => (
  <Form key={JSON.stringify([...fields, "locale" as const].map((name) => user[name]))} user={user} />
);

const Form = ({ user }: { user: AdminUser }) => {
  const { mutate, isPending, error } = useAct((changes: UserChanges) => changeUser(user.id, changes), {
    done: `The changes to ${user.email} are saved.`,
  });

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = textOf(event.currentTarget);
    const changed = fields.filter((name) => typed[name] !== user[name]);
    const locale = typed["locale"] || null;
    mutate({
      ...Object.fromEntries(changed.map((name) => [name, typed[name]])),
      ...(locale !== user.locale && { locale }),
    });
  };

  return (
    <section aria-labelledby="names">
      <h2 id="names">Names and language</h2>
      <form onSubmit={submit} className="bar">
        {fields.map((name) => (
          <Field
            key={name}
            name={name}
            label={labels[name]}
            defaultValue={user[name]}
            maxLength={150}
            autoComplete="off"
            failure={error}
          />
        ))}
        <Choice
          name="locale"
          label="Language of emails"
          defaultValue={user.locale ?? ""}
          choices={{ "": noLanguage, ...languages }}
        />
        <button type="submit" className="primary" disabled={isPending}>
          Save
        </button>
      </form>
      <FormFailure failure={error} fields={[...fields]} />
    </section>
  );
};
