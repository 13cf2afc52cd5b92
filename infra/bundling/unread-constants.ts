// esbuild keeps what a call or a spread makes, because making it could have an effect. In `shared/`
// it has none, so what nothing reads can go: the schemas of other operations, for instance.
import { readFile } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { transform, type Plugin } from "esbuild";

const shared = join(import.meta.dirname, "../../shared") + sep;
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
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(shared)) return undefined;
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "ts",
        target: "node24",
        // Otherwise the bundle's map would show lines without the types.
        sourcemap: "inline",
        sourcesContent: false,
        sourcefile: basename(path),
      });
      return { contents: asPureCalls(code), loader: "js" };
    });
  },
};
