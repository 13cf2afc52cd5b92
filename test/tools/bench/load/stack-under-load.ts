// Starts the stack in a child process and reads what it has cost.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Question, Snapshot, StackAddress } from "./stack-messages.ts";

export type StackUnderLoad = {
  address: StackAddress;
  /** Waits until all letters are sent, so that the snapshot includes their cost. */
  snapshot: () => Promise<Snapshot>;
  /** Waits for the same, at almost no cost. */
  quiet: () => Promise<void>;
  countUnits: (on: boolean) => Promise<void>;
  /** Returns the AWS calls of a function one after the other, while each takes this time longer. */
  countTrips: (principal: string, milliseconds: number, work: () => Promise<void>) => Promise<number>;
  stop: () => Promise<void>;
};

/** The child answers one message at a time. If it ends, the pending question is rejected. */
export const startStackUnderLoad = async (): Promise<StackUnderLoad> => {
  const child = fork(join(import.meta.dirname, "stack-process.ts"));
  const exited = once(child, "exit");
  const died = exited.then(([status]) => {
    throw new Error(`the stack's process ended with status ${String(status)}`);
  });
  died.catch(() => {});
  const next = async <Message>(): Promise<Message> => {
    const [message] = await Promise.race([once(child, "message"), died]);
    return message;
  };

  const ask = <Message>(question: Question): Promise<Message> => {
    const answer = next<Message>();
    child.send(question);
    return answer;
  };

  const address = await next<StackAddress>();
  return {
    address,
    snapshot: () => ask<Snapshot>("snapshot"),
    quiet: async () => {
      await ask("quiet");
    },
    countUnits: async (on) => {
      await ask({ count: on });
    },
    countTrips: async (principal, milliseconds, work) => {
      await ask({ delay: milliseconds, principal });
      await work();
      return ask<number>("trips");
    },
    stop: async () => {
      child.disconnect();
      await exited;
    },
  };
};
