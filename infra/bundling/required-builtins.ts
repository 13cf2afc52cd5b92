/**
 * Node's own modules as a bundle should load them: by `require`, name by name. An ESM import reads every export of the module
 * first, and some of them load much more when they are read: all of `node:http` costs a cold start 20 ms, for a WebSocket.
 */
import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const namespace = "required-builtin";
const bare = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);

export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup: (build) => {
    build.onResolve({ filter: bare }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace, sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }));
  },
};
