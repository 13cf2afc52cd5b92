// What each release has written, and one that there isn't yet. A release adds a folder, and none is
// changed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = "test/fixtures";
export const releases = readdirSync(folder);

type Items = Record<string, unknown>[];
type Fixtures = {
  items: Record<"USERS_TABLE" | "SESSIONS_TABLE" | "LIMITS_TABLE", Items> & { writtenAt: number };
  messages: Record<"letters" | "feedback", object[]>;
  secrets: Record<"signing" | "verification" | "digest", object>;
};

export const fixturesOf = (release: string): Fixtures => {
  const read = (name: keyof Fixtures): unknown =>
    JSON.parse(readFileSync(join(folder, release, `${name}.json`), "utf8"));
  return { items: read("items"), messages: read("messages"), secrets: read("secrets") } as Fixtures;
};
