import { watch } from "node:fs";

const quietMilliseconds = 50;

/** Calls `react` after each burst of changes. Calls never overlap. */
export const watchFolders = (
  folders: readonly string[],
  react: () => Promise<void>,
): { stop: () => Promise<void> } => {
  let reaction = Promise.resolve();
  let pause: NodeJS.Timeout | undefined;
  const reactSoon = () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      reaction = reaction.then(react);
    }, quietMilliseconds);
  };
  // On Linux, a recursive watch misses later changes of a file that was replaced.
  const watchers = folders.map((folder) => watch(folder, reactSoon));
  return {
    stop: async () => {
      for (const watcher of watchers) watcher.close();
      clearTimeout(pause);
      await reaction;
    },
  };
};
