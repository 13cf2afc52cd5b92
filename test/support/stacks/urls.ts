/** Where this test file's requests go: the run's target, or a stack that the file started for itself. */
import { inject } from "vitest";

let own: { url: string } | undefined;

/** From here on, this file talks to its own stack. */
export const pointAt = (stack: { url: string }): void => {
  own = stack;
};

export const baseUrl = (): string => own?.url ?? inject("baseUrl");

export const mailboxUrl = (): string => (own ? `${own.url}/_aws/ses` : inject("mailboxUrl"));
