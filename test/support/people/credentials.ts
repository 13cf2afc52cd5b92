import { randomBytes } from "node:crypto";

/** All usernames have the same length, so that answers that repeat them do too. */
export const newUsername = (): string => `t${randomBytes(6).toString("hex")}`;

/** Uses letters that no username has, so that no password resembles its owner's name by chance. */
export const newPassword = (): string =>
  `Granite-${[...randomBytes(12)].map((byte) => "ghijklmnopqrstuv"[byte % 16]).join("")}`;
