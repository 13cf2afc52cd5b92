import { open, type FileHandle } from "node:fs/promises";

// An existing file is never overwritten: it may be needed, or be readable by others.
export const createFile = (file: string): Promise<FileHandle> =>
  open(file, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw new Error(`${file} already exists. Remove it or choose another name.`);
    throw error;
  });
