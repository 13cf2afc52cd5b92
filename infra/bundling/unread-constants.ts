// esbuild keeps every constant whose making could have an effect, which a call or a spread could.
// Files in `shared/` only define when they are imported, so a constant that nothing in the bundle
// reads can go: other operations, their schemas, orders of letters. Each becomes a pure call.
import { readFile } from "node:fs/promises";
import { transform, type Plugin } from "esbuild";

// As esbuild prints it, only the first and the last line of a statement begin without a space.
const constant =
  /^((?:export )?const \w+ = )(?!\(|async\b|function\b|\w+ =>|[\d_.]+;$|"[^"]*";$)((?:.|\n(?=[ })\]]))+);$/gm;

export const asPureCalls = (code: string): string =>
  code.replace(
    constant,
    (_, start: string, value: string) => `${start}/* @__PURE__ */ (() => (${value}))();`,
  );

export const unreadConstants: Plugin = {
  name: "unread-constants",
  setup: (build) => {
    build.onLoad({ filter: /\/shared\/.+\.ts$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "ts", target: "node24" });
      return { contents: asPureCalls(code), loader: "js" };
    });
  },
};
