// What the recipes need of Vue and of Svelte.
export const shallowRef = <Value>(value: Value): { value: Value } => ({ value });

type Set<Value> = (value: Value) => void;

export const readable = <Value>(first: Value, start: (set: Set<Value>) => () => void) => ({
  subscribe: (run: Set<Value>): (() => void) => {
    run(first);
    return start(run);
  },
});
