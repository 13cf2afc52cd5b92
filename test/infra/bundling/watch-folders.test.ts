import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { watchFolders } from "../../../infra/bundling/watch-folders.ts";
import { eventually } from "../../support/assert/eventually.ts";

const watched = (react: () => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-watch-"));
  writeFileSync(join(folder, "present.ts"), "");
  const watching = watchFolders([folder], react);
  onTestFinished(async () => {
    await watching.stop();
    rmSync(folder, { recursive: true });
  });
  return (name: string) => join(folder, name);
};

describe("folder watcher", () => {
  it("notices changed, new and replaced files", async () => {
    let reactions = 0;
    const file = watched(async () => void (reactions += 1));
    const noticed = async (what: string, change: () => void) => {
      const before = reactions;
      change();
      await eventually(what, () => (reactions > before ? true : undefined));
      // A late event of the same change must not count for the next one.
      await delay(200);
    };
    // Many editors save by replacing the file.
    const replace = () => {
      writeFileSync(file("present.ts~"), "1");
      renameSync(file("present.ts~"), file("present.ts"));
    };
    await noticed("a change", () => writeFileSync(file("present.ts"), "0"));
    await noticed("a new file", () => writeFileSync(file("new.ts"), "0"));
    await noticed("a replaced file", replace);
    await noticed("the file replaced again", replace);
    await noticed("a change of the replaced file", () => writeFileSync(file("present.ts"), "2"));
  });

  it("reacts to a change during a reaction only after it ends", async () => {
    const gates: (() => void)[] = [];
    let underWay = 0;
    let most = 0;
    const file = watched(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => gates.push(resolve));
      underWay -= 1;
    });
    const reaction = (count: number) =>
      eventually("a reaction", () => (gates.length === count ? true : undefined));
    writeFileSync(file("present.ts"), "0");
    await reaction(1);
    writeFileSync(file("present.ts"), "1");
    await delay(200);
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await reaction(2);
    gates[1]?.();
    expect(most).toBe(1);
  });
});
