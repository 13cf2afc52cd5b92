// An SQS standard queue, with delays and dead letters, on a clock that the caller turns.
export type Message = { id: string; body: string; sentAt: number; visibleAt: number; receives: number };

export const virtualQueue = (name: string, visibilitySeconds: number, receivesBeforeDeadLetter = 5) => {
  const messages = new Set<Message>();
  const dead: string[] = [];
  let made = 0;
  let most = 0;

  return {
    dead,
    mostReceives: () => most,
    waiting: () => messages.size,
    send: (body: string, at: number, delaySeconds = 0) => {
      made += 1;
      messages.add({ id: `${name}-${made}`, body, sentAt: at, visibleAt: at + delaySeconds, receives: 0 });
    },
    /** The next time at which a message can be received. */
    nextAt: (): number => Math.min(Infinity, ...[...messages].map(({ visibleAt }) => visibleAt)),
    receive: (count: number, at: number): Message[] => {
      const batch: Message[] = [];
      for (const message of messages) {
        if (message.visibleAt > at || batch.length === count) continue;
        if (message.receives === receivesBeforeDeadLetter) {
          messages.delete(message);
          dead.push(message.body);
          continue;
        }
        message.receives += 1;
        most = Math.max(most, message.receives);
        message.visibleAt = at + visibilitySeconds;
        batch.push(message);
      }
      return batch;
    },
    remove: (message: Message) => void messages.delete(message),
  };
};
