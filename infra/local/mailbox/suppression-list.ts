// The account's list of addresses to which SES accepts letters and does not send them.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Reason } from "./configuration-sets.ts";

const entries = z.record(z.string(), z.enum(["BOUNCE", "COMPLAINT"]));
const accountReasons: readonly Reason[] = ["BOUNCE", "COMPLAINT"];

const read = (file: string): Map<string, Reason> => {
  try {
    return new Map(Object.entries(entries.parse(JSON.parse(readFileSync(file, "utf8")))));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
};

export const openSuppressionList = (dataDirectory: string) => {
  const file = path.join(dataDirectory, "suppressed-addresses.json");
  const listed = read(file);
  const save = () => writeFileSync(file, JSON.stringify(Object.fromEntries(listed)), { mode: 0o600 });
  return {
    bars: (address: string, reasons: readonly Reason[] = accountReasons): boolean => {
      const reason = listed.get(address.toLowerCase());
      return reason !== undefined && reasons.includes(reason);
    },
    add: (address: string, reason: Reason, reasons: readonly Reason[] = accountReasons): void => {
      if (!reasons.includes(reason)) return;
      listed.set(address.toLowerCase(), reason);
      save();
    },
    remove: (address: string): boolean => {
      const wasListed = listed.delete(address.toLowerCase());
      if (wasListed) save();
      return wasListed;
    },
  };
};
export type SuppressionList = ReturnType<typeof openSuppressionList>;
