// The addresses that a test file calls: the run's target, or a stack that the file has started.
import { inject } from "vitest";

let ownStack: { url: string } | undefined;

/** Makes all later requests of this test file go to this stack. */
export const pointAt = (stack: { url: string }): void => {
  ownStack = stack;
};

export const baseUrl = (): string => ownStack?.url ?? inject("baseUrl");

export const mailboxUrl = (): string => (ownStack ? `${ownStack.url}/_aws/ses` : inject("mailboxUrl"));
