import { chosenPassword } from "../shared/contract/schemas.ts";
import { ask } from "./terminal.ts";

const longestBytes = 4_096;
const unchanged = "Nothing was changed.";

// Control characters, separators of lines and paragraphs, a byte order mark, the character that
// stands for unreadable bytes, and halves of a character: no one can type them into a form again.
const untypable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffd]/u;

export const requireTypable = (password: string): string => {
  const { error } = chosenPassword.safeParse(password);
  if (error) throw new Error(`Password: ${error.issues[0]?.message ?? "not valid"} ${unchanged}`);
  if (untypable.test(password))
    throw new Error(
      `Password: It contains a character that can't be typed into a form, such as a control character or a byte order mark. ${unchanged}`,
    );
  return password;
};

/** Scripts pipe the password, or both answers that a terminal asks for, into the command. */
export const passwordFrom = (piped: Buffer): string => {
  if (piped.length > longestBytes)
    throw new Error(`Password: More than ${longestBytes} bytes were piped in. ${unchanged}`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(piped);
  } catch {
    throw new Error(`Password: It is not UTF-8. ${unchanged}`);
  }
  const [password = "", ...others] = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (/^\r?\n?$/.test(text)) throw new Error(`Password: Pipe in one line, or use a terminal. ${unchanged}`);
  if (others.length > 1 || (others.length === 1 && others[0] !== password))
    throw new Error(`Password: Pipe in exactly one line, or the same line twice. ${unchanged}`);
  return requireTypable(password);
};

const readPipe = async (): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > longestBytes) break;
  }
  return Buffer.concat(chunks);
};

export const askPassword = async (): Promise<string> => {
  if (!process.stdin.isTTY) return passwordFrom(await readPipe());
  const password = requireTypable(await ask("Password: ", { hidden: true }));
  if ((await ask("Repeat the password: ", { hidden: true })) !== password)
    throw new Error(`The passwords don't match. ${unchanged}`);
  return password;
};
