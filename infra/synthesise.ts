// Synthesises templates in this process in about a second, without credentials or the CLI.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "./build-app.ts";
import { bundlesDirectory } from "./bundling/bundle-functions.ts";
import type { Settings } from "./settings/settings.ts";

type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
  readonly [attribute: string]: unknown;
};
export type Template = {
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, unknown>;
};
export type SynthesisedStack = { readonly stackName: string; readonly template: Template };

/** Returns stacks in deployment order. `aws:asset:path` is a function's absolute code folder. */
export const synthesise = (settings: Settings, bundles = bundlesDirectory): SynthesisedStack[] => {
  const outdir = mkdtempSync(join(tmpdir(), "lit-auth-synth-"));
  try {
    const app = buildApp(settings, bundles, {
      outdir,
      treeMetadata: false,
      // `cdk synth` validates the templates. Here, validation would take most of the time.
      builtinCloudFormationValidation: false,
      context: { "aws:cdk:disable-asset-staging": true, "aws:cdk:enable-asset-metadata": true },
    });
    return app.synth().stacks.map(({ stackName, template }) => ({ stackName, template }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
};
