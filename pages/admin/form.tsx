import type { InputHTMLAttributes, SelectHTMLAttributes } from "react";
import { useId } from "react";
import { fieldErrorsOf } from "./refusals.ts";

export type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  name: string;
  label: string;
  hint?: string;
  /** The error of the form's request. The field shows the part with its own name. */
  failure?: unknown;
};

export const Field = ({ label, hint, failure, ...input }: FieldProps) => {
  const id = useId();
  const error = fieldErrorsOf(failure)[input.name];
  const note = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <p id={`${id}-note`} role={error && "alert"} className={error ? "error" : "hint"}>
          {note}
        </p>
      )}
    </div>
  );
};

type ChoiceProps = SelectHTMLAttributes<HTMLSelectElement> & {
  name: string;
  label: string;
  choices: Record<string, string>;
};

export const Choice = ({ label, choices, ...select }: ChoiceProps) => {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id}>
        {Object.entries(choices).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
};

export const FormFailure = ({ failure, fields }: { failure: unknown; fields: string[] }) => {
  if (!(failure instanceof Error)) return null;
  const byField = fieldErrorsOf(failure);
  const elsewhere = Object.keys(byField).filter((name) => !fields.includes(name));
  if (Object.keys(byField).length > 0 && elsewhere.length === 0) return null;
  return (
    <p role="alert" className="error">
      {elsewhere.map((name) => byField[name]).join(" ") || failure.message}
    </p>
  );
};

export const textOf = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries(
    [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
