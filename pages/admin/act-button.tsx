import { useId, useRef, type SubmitEvent } from "react";
import { useAct } from "./acts.ts";
import { Field, FormFailure, textOf, type FieldProps } from "./form.tsx";

export type Act<Output = unknown> = {
  label: string;
  /** For a list in which each row has the same button. */
  description?: string;
  done: string | ((output: Output) => string);
  run: (typed: Record<string, string>) => Promise<Output>;
  leadsTo?: string;
  disabled?: boolean;
  hint?: string;
  /** Opens a dialog with `fields` before the action. */
  question?: string;
  confirmLabel?: string;
  fields?: FieldProps[];
  danger?: boolean;
};

/** The server asks for it before it takes something from a person or grants rights. */
export const ownPassword: FieldProps = {
  name: "current_password",
  label: "Your password",
  type: "password",
  autoComplete: "current-password",
};

const noFields: FieldProps[] = [];

export const ActButton = <Output,>({
  label,
  description,
  done,
  run,
  question,
  confirmLabel = label,
  fields = noFields,
  danger,
  leadsTo,
  disabled = false,
  hint,
}: Act<Output>) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const { mutate, reset, isPending, error } = useAct(run, { done, leadsTo, noticesErrors: !question });
  const closeDialog = () => dialog.current?.close();
  const ask = () => dialog.current?.showModal();
  const runNow = () => mutate({});
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    mutate(textOf(event.currentTarget), { onSuccess: closeDialog });
  };
  const style = danger ? "danger" : undefined;
  return (
    <>
      <button
        type="button"
        className={style}
        aria-label={description}
        disabled={isPending || disabled}
        onClick={question ? ask : runNow}
      >
        {label}
      </button>
      {question && (
        <dialog ref={dialog} aria-labelledby={title} onClose={reset}>
          <form onSubmit={submit}>
            <h2 id={title}>{question}</h2>
            {hint && <p className="hint">{hint}</p>}
            {fields.map((field) => (
              <Field key={field.name} required {...field} failure={error} />
            ))}
            <FormFailure failure={error} fields={fields.map(({ name }) => name)} />
            <div className="bar">
              <button type="button" onClick={closeDialog}>
                Cancel
              </button>
              <button type="submit" className={style ?? "primary"} disabled={isPending}>
                {confirmLabel}
              </button>
            </div>
          </form>
        </dialog>
      )}
    </>
  );
};
