// Offers only what the table can find without a scan, so there is no search within names.
import { useListContext, useRefresh, useStore } from "ra-core";
import { useEffect, useRef, type KeyboardEvent as FieldKey, type SubmitEvent } from "react";
import { Choice, Field, textOf } from "./form.tsx";
import { useShortcut } from "./shortcut.ts";

const states = {
  "": "All",
  active: "Active",
  disabled: "Deactivated",
  pending: "Pending",
  staff: "Administrators",
};
const rarer = ["registered_after", "registered_before", "id"];

const leaveOnEscape = (event: FieldKey<HTMLInputElement>) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.currentTarget.blur();
};

const searchIn = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries(
    Object.entries(textOf(form)).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
  );

const enter = (field: HTMLInputElement | null | undefined) => {
  field?.focus();
  field?.select();
};

/** Another URL can bring another search. A new form would take the focus from the field. */
const fill = (form: HTMLFormElement | null, values: Record<string, string>) => {
  for (const field of form?.elements ?? [])
    if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.name)
      field.value = values[field.name] ?? "";
};

export const UserSearch = () => {
  const { filterValues, setFilters, page, setPage, refetch, error } = useListContext();
  const refresh = useRefresh();
  const form = useRef<HTMLFormElement>(null);
  const [hasShortcut, setHasShortcut] = useStore("search.shortcut", true);
  useShortcut("/", hasShortcut, () => enter(form.current?.querySelector("input")));

  const searched = JSON.stringify(filterValues);
  useEffect(() => fill(form.current, JSON.parse(searched)), [searched]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const search = searchIn(event.currentTarget);
    const isSame = Object.keys({ ...search, ...filterValues }).every(
      (name) => search[name] === filterValues[name],
    );
    if (!isSame) setFilters(search);
    else if (page === 1) void refetch();
    else setPage(1);
  };
  const field = (name: string) => ({ name, defaultValue: filterValues[name], failure: error });
  return (
    <search>
      <form ref={form} onSubmit={submit}>
        <div className="bar">
          <Field
            {...field("email")}
            label="Email begins with"
            type="search"
            onKeyDown={leaveOnEscape}
            {...(hasShortcut && { "aria-keyshortcuts": "/", title: "Press / to search and Escape to leave" })}
          />
          <Field
            {...field("username")}
            label="Username begins with"
            type="search"
            onKeyDown={leaveOnEscape}
          />
          <Choice name="state" label="State" defaultValue={filterValues["state"]} choices={states} />
          <div className="buttons">
            <button type="submit" className="primary">
              Search
            </button>
            <button type="button" onClick={refresh}>
              Refresh
            </button>
          </div>
        </div>
        <details open={rarer.some((name) => filterValues[name])}>
          <summary>More filters</summary>
          <div className="bar">
            <Field {...field("registered_after")} label="Registered from" type="date" />
            <Field {...field("registered_before")} label="Registered until" type="date" />
            <Field {...field("id")} label="ID" type="search" onKeyDown={leaveOnEscape} />
          </div>
          <label className="switch">
            <input
              type="checkbox"
              checked={hasShortcut}
              onChange={({ target }) => setHasShortcut(target.checked)}
            />
            The key / leads to the search
          </label>
        </details>
      </form>
    </search>
  );
};
