// Import rules between folders are here if they can be checked file by file.
import { matchesGlob } from "node:path";
import { defineConfig } from "oxlint";

/** Package → the only files that may import it, so that it can be replaced or reviewed there. */
const places: Record<string, readonly string[]> = {
  argon2: ["shared/passwords/password-hash.ts"],
  bcryptjs: ["shared/passwords/foreign-hashes.ts"],
  jose: ["shared/sessions/tokens.ts"],
  negotiator: ["shared/identity/accepted-locale.ts", "infra/local/gateway/compression.ts"],
  "ipaddr.js": ["shared/identity/pseudonyms.ts"],
  bowser: ["shared/sessions/device-label.ts"],
  "@zxcvbn-ts/language-common": ["shared/passwords/password-rules.ts"],
  "@middy/core": [
    "shared/http/endpoint.ts",
    "shared/http/user-endpoint.ts",
    "shared/platform/queue-consumer.ts",
  ],
  "@aws-lambda-powertools/batch": ["shared/platform/queue-consumer.ts"],
  "@aws-lambda-powertools/logger": ["shared/platform/logger.ts"],
  "@aws-lambda-powertools/metrics": ["shared/platform/metrics.ts"],
  "@aws-lambda-powertools/parameters": ["shared/platform/secrets.ts"],
  "@aws-sdk/client-ses": ["shared/mail/ses.ts", "infra/localstack/*.ts"],
  "@aws-sdk/client-sesv2": ["shared/delivery/lift-suppression.ts", "commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-sqs": [
    "shared/mail/mail-queue.ts",
    "shared/webhooks/sqs-client.ts",
    "shared/webhooks/webhook-queue.ts",
    "shared/publishing/dead-position.ts",
    "commands/dead-letter-queue.ts",
    "commands/events/held-messages.ts",
  ],
  "@aws-sdk/client-eventbridge": ["shared/publishing/put-events.ts"],
  "@aws-sdk/client-dynamodb-streams": ["shared/publishing/stream-reader.ts"],
  "@aws-sdk/client-cloudwatch-logs": ["commands/operator-log.ts"],
  "@aws-sdk/client-sts": ["commands/operator-log.ts", "commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-dynamodb": [
    "shared/store/dynamo.ts",
    "shared/store/batch.ts",
    "shared/store/documents.ts",
  ],
  "@aws-sdk/util-dynamodb": ["shared/store/documents.ts"],
  "@aws-sdk/lib-dynamodb": [],
  "@aws-sdk/client-secrets-manager": [
    "shared/keys/key-ring-store.ts",
    "shared/platform/secrets.ts",
    "commands/stage/kept-secret.ts",
  ],
  "@aws-sdk/core": ["shared/platform/aws-client.ts"],
  "@aws-sdk/credential-provider-env": ["shared/platform/environment-credentials.ts"],
  "@smithy/types": ["shared/platform/aws-client.ts", "shared/platform/aws-http.ts"],
  "@aws-sdk/client-cloudformation": [
    "commands/target.ts",
    "commands/doctor/aws-answers.ts",
    "infra/localstack/*.ts",
  ],
  "@aws-sdk/client-lambda": [
    "commands/stage/key-revocation.ts",
    "commands/events/events-function.ts",
    "commands/doctor/aws-answers.ts",
    "infra/localstack/*.ts",
  ],
  "@aws-sdk/client-cloudwatch": ["infra/rollback-triggers.ts"],
  "@aws-sdk/client-acm": ["commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-api-gateway": ["commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-iam": ["commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-sns": ["commands/doctor/aws-answers.ts"],
  "@aws-sdk/client-ssm": ["commands/doctor/aws-answers.ts"],
  "aws-cdk-lib": [
    "infra/stacks/*.ts",
    "infra/api/*.ts",
    "infra/data/*.ts",
    "infra/events/*.ts",
    "infra/monitoring/*.ts",
    "infra/archive/*.ts",
    "infra/build-app.ts",
    "infra/settings/settings-table.ts",
  ],
  constructs: ["infra/stacks/*.ts", "infra/api/*.ts", "infra/monitoring/*.ts", "infra/archive/*.ts"],
  "cdk-nag": ["infra/stacks/cdk-nag.ts"],
  esbuild: [
    "infra/bundling/*.ts",
    "infra/client/client-package.ts",
    "infra/client/serve-example.ts",
    "infra/local/local-run.ts",
  ],
  nodemailer: ["infra/local/mailbox/raw-message.ts"],
  fauxqs: ["infra/local/engines/sqs-engine.ts"],
};

type Restriction = { group: string[]; message: string; allowTypeImports?: true };

const outside = (...folders: string[]): Restriction => ({
  group: folders.map((folder) => `**/${folder}/**`),
  message: "docs/architecture.md lists which folder may import which",
});
const staffOnly: Restriction = {
  group: ["**/shared/admin/**", "../admin/**"],
  message: "only functions/admin/ and commands/ may import shared/admin/",
};
const ownEntryOnly: Restriction = {
  group: ["**/contract/contract.ts"],
  message: "import the file of the operation's entry: contract.ts would bring every schema into the bundle",
};
const sharedOnly: Restriction = { group: ["./*.ts", "zod"], message: "a function may import shared/ only" };

// Files → forbidden imports. test/repository/rooms.test.ts checks the whole table of folders. The rules
// here also appear in editors.
const walls: Record<string, Restriction[]> = {
  "**/*.{ts,tsx}": [outside("functions", "test")],
  "shared/**/*.ts": [outside("functions", "infra", "commands", "test"), staffOnly, ownEntryOnly],
  "shared/admin/**/*.ts": [outside("functions", "infra", "commands", "test"), ownEntryOnly],
  "functions/*.ts": [outside("functions", "infra", "commands", "test"), sharedOnly, staffOnly, ownEntryOnly],
  "functions/admin/*.ts": [outside("functions", "infra", "commands", "test"), sharedOnly, ownEntryOnly],
  "infra/**/*.ts": [outside("functions", "commands", "test"), staffOnly],
  "commands/**/*.ts": [outside("functions", "test")],
  "client/**/*.ts": [outside("functions", "infra", "commands", "test", "shared", "pages")],
  "examples/**/*.ts": [outside("functions", "infra", "commands", "test", "shared", "pages", "client")],
  "pages/**/*.{ts,tsx}": [
    outside("functions", "infra", "commands", "test"),
    { group: ["node:*"], message: "pages run in browsers" },
    {
      group: ["**/shared/**"],
      allowTypeImports: true,
      message: "pages may import only types of shared/, so that zod stays out of the browser",
    },
  ],
};

const packagesForbiddenTo = (files: string): Restriction[] =>
  Object.entries(places)
    .filter(([, allowed]) => !allowed.some((place) => place === files || matchesGlob(files, place)))
    .map(([name, allowed]) => ({
      group: [name, `${name}/*`],
      message: `only ${allowed.join(", ")} may import this package`,
    }));

// If several overrides match a file, only the last one applies. So each place repeats the walls of
// its folder.
const wallsOf = (files: string): Restriction[] =>
  Object.entries(walls).findLast(([folder]) => folder === files || matchesGlob(files, folder))?.[1] ?? [];

// For the same reason, patterns come before single files.
const importWalls = [...new Set([...Object.keys(walls), ...Object.values(places).flat()])]
  .toSorted((one, other) => Number(other.includes("*")) - Number(one.includes("*")))
  .map((files) => ({
    files: [files],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [...wallsOf(files), ...packagesForbiddenTo(files)] },
      ] as ["error", object],
    },
  }));

export default defineConfig({
  plugins: ["typescript", "import", "node", "promise", "unicorn", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  rules: {
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-unassigned-import": "off",
    "no-console": "error",
    "node/no-process-env": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-floating-promises": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-unsafe-type-assertion": "off",
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "import/no-named-as-default-member": "off",
    "import/no-named-as-default": "off",
    "typescript/no-misused-spread": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-useless-spread": "error",
  },
  overrides: [
    ...importWalls,
    {
      files: ["test/**/*.ts", "*.config.ts"],
      rules: {
        "no-restricted-imports": "off",
        "vitest/expect-expect": "off",
        "vitest/no-conditional-expect": "off",
        "vitest/valid-expect": "off",
        "typescript/no-non-null-assertion": "off",
      },
    },
    {
      files: ["pages/**/*.ts", "pages/**/*.tsx"],
      plugins: ["typescript", "import", "promise", "unicorn", "react", "jsx-a11y"],
      rules: { "react/react-in-jsx-scope": "off" },
    },
    // The rule is about windows, and takes channels for them.
    { files: ["client/**/*.ts"], rules: { "unicorn/require-post-message-target-origin": "off" } },
    // CDK constructs add themselves to their scope.
    { files: ["infra/**/*.ts", "test/tools/stage/**/*.ts"], rules: { "no-new": "off" } },
    {
      files: [
        "shared/platform/environment.ts",
        "infra/settings/settings.ts",
        "infra/command-line/command-line.ts",
        "infra/local/lambda/runtime.ts",
        "commands/target.ts",
        "test/**/*.ts",
        "vitest.config.ts",
      ],
      rules: { "node/no-process-env": "off" },
    },
    {
      files: [
        "infra/run-script.ts",
        "infra/local/start.ts",
        "infra/local/local-run.ts",
        "infra/client/serve-example.ts",
        "infra/localstack/**/*.ts",
        "infra/openapi/document.ts",
        "infra/client/write-client.ts",
        "infra/app.ts",
        "infra/deploy.ts",
        "test/tools/stage/**/*.ts",
        "test/tools/folders/**/*.ts",
        "test/support/**/*.ts",
        "commands/**/*.ts",
      ],
      rules: { "no-console": "off" },
    },
    {
      files: ["vitest.config.ts", "oxlint.config.ts", "test/support/recipes/express.ts"],
      rules: { "import/no-default-export": "off" },
    },
  ],
});
