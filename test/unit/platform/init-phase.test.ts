// Each test is a process of its own, because the phase is over once in each.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const urlOf = (file: string) => JSON.stringify(pathToFileURL(join(root, file)).href);
const onLambda = { AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand" };

/** Returns the printed lines. A rejection that nothing handles ends the process with an error. */
const printedBy = async (script: string, env: Record<string, string> = onLambda): Promise<string[]> => {
  const imports = `
    const { inInitPhase, initPhase } = await import(${urlOf("shared/platform/init-phase.ts")});
    const { prepared } = await import(${urlOf("shared/platform/lazy.ts")});
    const print = (line) => console.log(line);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", `${imports}\n${script}`],
    { env, cwd: root },
  );
  return stdout.split("\n").filter(Boolean);
};

describe("init phase", () => {
  it("ends after all work, and after the work which that adds", async () => {
    const script = `
      const later = (what) => new Promise((resolve) => setTimeout(resolve, 20)).then(() => print(what));
      inInitPhase(async () => {
        await later("first");
        inInitPhase(() => later("second"));
      });
      print("loaded");
      await initPhase();
      print("over");`;
    expect(await printedBy(script)).toEqual(["loaded", "first", "second", "over"]);
  });

  it("does no work outside Lambda, and none later", async () => {
    const script = `
      inInitPhase(() => print("in time"));
      await initPhase();
      inInitPhase(() => print("too late"));
      await initPhase();`;
    expect(await printedBy(script, {})).toEqual([]);
    expect(await printedBy(script)).toEqual(["in time"]);
  });

  it("leaves what fails to the first use", async () => {
    const script = `
      let tries = 0;
      const get = prepared(() => {
        tries += 1;
        if (tries === 1) throw new Error("not yet");
        return tries;
      });
      inInitPhase(() => Promise.reject(new Error("refused")));
      await initPhase();
      await new Promise((resolve) => setTimeout(resolve, 20));
      print(tries);
      print(get());`;
    expect(await printedBy(script)).toEqual(["1", "2"]);
  });

  it("ends after three seconds, and work that fails later does no harm", async () => {
    const script = `
      inInitPhase(() => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 3_300)));
      inInitPhase(() => new Promise(() => {}));
      const start = performance.now();
      await initPhase();
      print(Math.round((performance.now() - start) / 1000));
      await new Promise((resolve) => setTimeout(resolve, 600));
      print("alive");`;
    expect(await printedBy(script)).toEqual(["3", "alive"]);
  });

  it("includes the work that a builder adds", async () => {
    const script = `
      prepared(() => inInitPhase(() => print("open")));
      prepared(() => "no client");
      await initPhase();`;
    expect(await printedBy(script)).toEqual(["open"]);
    expect(await printedBy(script, {})).toEqual([]);
  });
});

describe("functions outside Lambda", () => {
  it("read no variable and open nothing when they are imported", async () => {
    const script = `
      import { globSync } from "node:fs";
      import { Socket } from "node:net";
      import { resolve } from "node:path";
      import { pathToFileURL } from "node:url";
      const { variables } = await import(${urlOf("shared/platform/environment.ts")});
      process.env = new Proxy(process.env, {
        get: (target, name) => {
          if (name in variables || /^AWS_(REGION|ACCESS|SECRET|PROFILE|ENDPOINT)/.test(name)) print("reads " + name);
          return target[name];
        },
      });
      Socket.prototype.connect = () => print("connects");
      const files = globSync("functions/**/*.ts");
      for (const file of files) await import(pathToFileURL(resolve(file)).href);
      await new Promise((resolve) => setTimeout(resolve, 50));
      print(files.length > 30);`;
    expect(await printedBy(script, {})).toEqual(["true"]);
  });
});
