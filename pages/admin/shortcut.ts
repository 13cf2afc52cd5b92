import { useEffect } from "react";

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));

/** Runs `act` on a key that is pressed outside of fields and dialogs. */
export const useShortcut = (key: string, isOn: boolean, act: () => void) =>
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isOn || event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return;
      if (takesText(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
