// An ESM import reads every export of a Node module, and reading some of them loads much more:
// `node:http` costs 20 ms of a cold start, for its WebSocket. `require` reads only what is used.
import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const namespace = "required-builtin";
const bare = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);

export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup: (build) => {
    build.onResolve({ filter: bare }, ({ path, kind }) =>
      kind === "import-statement" || kind === "dynamic-import"
        ? { path, namespace, sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }));
  },
};
