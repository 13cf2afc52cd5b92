// Offers only what the table can find without a scan, so there is no search within names.
import { useListContext } from "ra-core";
import type { SubmitEvent } from "react";
import { Choice, Field, textOf } from "./form.tsx";

const states = { "": "All", active: "Active", disabled: "Deactivated", pending: "Pending", staff: "Staff" };

export const UserSearch = () => {
  const { filterValues, setFilters } = useListContext();
  const apply = (form: HTMLFormElement) =>
    setFilters(Object.fromEntries(Object.entries(textOf(form)).filter(([, value]) => value.trim() !== "")));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    apply(event.currentTarget);
  };
  return (
    // The key resets the fields when the URL changes the search.
    <search key={JSON.stringify(filterValues)}>
      <form className="bar" onSubmit={submit}>
        <Field name="email" label="Email begins with" type="search" defaultValue={filterValues["email"]} />
        <Field
          name="username"
          label="Username (complete)"
          type="search"
          defaultValue={filterValues["username"]}
        />
        <Choice name="state" label="State" defaultValue={filterValues["state"]} choices={states} />
        <button type="submit" className="primary">
          Search
        </button>
      </form>
    </search>
  );
};
