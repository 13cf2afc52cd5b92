/** Reacts to changes in folders: soon after the last of a burst, one reaction at a time, and never one too few. */
import { watch } from "node:fs";

/** Editors write a file in several steps. */
const quietMilliseconds = 50;

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
  // Not recursive: on Linux that kind of watch misses a file that was replaced before.
  const watchers = folders.map((folder) => watch(folder, reactSoon));
  return {
    stop: async () => {
      for (const watcher of watchers) watcher.close();
      clearTimeout(pause);
      await reaction;
    },
  };
};
