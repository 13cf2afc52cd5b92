// The folders of production code, with the other folders that each may import. docs/architecture.md
// has the same table. A folder of `shared/` or `infra/local/` may import only rows above its own.
type Room = { holds: string; imports: readonly string[] };

const below = (folder: string) => (names: string) => names.split(" ").map((name) => `${folder}/${name}`);
const [shared, infra, local] = [below("shared"), below("infra"), below("infra/local")];

export const rooms: Record<string, Room> = {
  "shared/platform": {
    holds: "variables, clock, logs, metrics, secrets, queue consumers; nothing about sign-in",
    imports: [],
  },
  "shared/identity": {
    holds:
      "email addresses, usernames, languages, typed texts and codes, and pseudonyms of addresses and networks",
    imports: shared("platform"),
  },
  "shared/queues": {
    holds: "messages that a later version of the code has queued",
    imports: shared("platform"),
  },
  "shared/attributes": {
    holds: "what accounts say about their people: one list, and the schemas that come from it",
    imports: shared("identity"),
  },
  "shared/contract": {
    holds: "the list of operations, their schemas and refusals",
    imports: shared("identity attributes"),
  },
  "shared/store": {
    holds: "the DynamoDB client, conditional writes, batches, items and their keys",
    imports: shared("platform identity attributes"),
  },
  "shared/events": {
    holds: "what happens to accounts: who acts, what follows, and the history",
    imports: shared("platform identity attributes contract store"),
  },
  "shared/webhooks": {
    holds: "webhooks: their secrets and signatures, when and how they are tried",
    imports: shared("platform events"),
  },
  "shared/publishing": {
    holds: "how events leave: the stream's records, the bus, and what operators send again",
    imports: shared("platform store events webhooks"),
  },
  "shared/keys": {
    holds: "key rings for signing and for digests, their storage and rotation",
    imports: shared("platform contract"),
  },
  "shared/limits": {
    holds: "who may try what how often; device tokens",
    imports: shared("platform identity contract store"),
  },
  "shared/delivery": {
    holds: "whether letters arrive: bounces, complaints, and what they stop",
    imports: shared("platform identity contract store limits"),
  },
  "shared/codes": {
    holds: "one-time codes: create, digest, issue, consume",
    imports: shared("platform store keys"),
  },
  "shared/sessions": {
    holds: "sessions, access and refresh tokens, the account and session behind a token",
    imports: shared("platform store events keys"),
  },
  "shared/passwords": {
    holds: "hashes, rules, resets, and what a password proves",
    imports: shared("platform contract store events limits codes sessions"),
  },
  "shared/accounts": {
    holds: "accounts, registrations and their addresses; decoys for unknown ones",
    imports: shared("platform identity attributes contract store events limits delivery codes passwords"),
  },
  "shared/admin": {
    holds: "what only staff and operators use: find, list, import, scan",
    imports: shared("platform identity attributes contract store events delivery accounts"),
  },
  "shared/restore": {
    holds: "what an account of a backup becomes, and its way back into the table",
    imports: shared("platform identity store events"),
  },
  "shared/letters": {
    holds: "what letters say: names, texts, languages, look, and the checks of all these",
    imports: [...shared("platform identity"), "letters"],
  },
  "shared/mail": {
    holds: "letters: order them, decide who gets which, send",
    imports: shared("platform identity store limits delivery codes passwords accounts letters"),
  },
  "shared/sign-in": {
    holds: "what operations have in common that start, renew or end sessions",
    imports: shared("platform identity contract limits codes sessions accounts mail"),
  },
  "shared/http": {
    holds: "the wrapper around every use case: bearer token, body, response, headers, pages",
    imports: shared("platform contract limits sessions"),
  },
  functions: {
    holds: "one file per operation or queue: what callers can do",
    imports: shared(
      "platform identity queues contract store events webhooks publishing keys limits delivery codes sessions passwords accounts mail sign-in http",
    ),
  },
  "functions/admin": {
    holds: "the same for operations that only staff may call",
    imports: shared(
      "platform identity contract store events limits delivery codes sessions passwords accounts admin mail http",
    ),
  },
  "commands/user-files": {
    holds: "files of users: lines, rows, checkpoints",
    imports: shared("platform identity attributes contract store passwords accounts"),
  },
  commands: {
    holds: "what all commands of operators need: the stage or local stack that they work on, the terminal",
    imports: [...shared("platform identity contract"), ...infra("command-line"), "infra"],
  },
  "commands/accounts": {
    holds: "commands about people",
    imports: [
      ...shared(
        "platform identity contract store events limits delivery sessions passwords accounts admin mail",
      ),
      ...infra("command-line"),
      "commands/user-files",
      "commands",
    ],
  },
  "commands/doctor": {
    holds: "checks of an AWS account before a deployment, which only read",
    imports: [...infra("grants settings command-line"), "commands", "infra"],
  },
  "commands/letters": {
    holds: "commands about letters",
    imports: [...shared("platform mail"), ...infra("command-line"), "commands"],
  },
  "commands/stage": {
    holds: "commands about a whole stage",
    imports: [
      ...shared("platform identity contract store events keys limits codes sessions accounts admin restore"),
      ...infra("command-line"),
      "commands/user-files",
      "commands",
    ],
  },
  "commands/events": {
    holds: "commands about events and webhooks",
    imports: [...shared("platform events webhooks publishing keys"), ...infra("command-line"), "commands"],
  },
  client: {
    holds: "the package for front ends: a method for each operation, the session, device tokens, storages",
    imports: [],
  },
  "examples/web": { holds: "a sign-in page to copy", imports: [] },
  "pages/admin": { holds: "the admin page, for browsers", imports: shared("attributes contract") },
  "infra/grants": {
    holds: "the rights, settings and size of each function",
    imports: shared("platform contract store"),
  },
  "infra/settings": {
    holds: "the settings of a deployment: defaults, explanations, where they are read",
    imports: [...shared("platform identity"), ...infra("command-line grants")],
  },
  "infra/openapi": {
    holds: "openapi.yaml, made from the contract",
    imports: [...shared("contract"), "infra/command-line"],
  },
  "infra/client": {
    holds: "what the client takes from the contract, and its package",
    imports: [...shared("contract"), ...infra("command-line local"), "infra"],
  },
  "infra/api": {
    holds: "the REST API: routes, gateway responses, stage, throttles, firewall",
    imports: [...shared("contract"), ...infra("grants settings")],
  },
  "infra/bundling": {
    holds: "bundles of the functions, and the files beside them",
    imports: [...shared("attributes contract letters"), ...infra("grants openapi"), "infra"],
  },
  "infra/events": {
    holds: "the bus of events, and what calls the functions that send them",
    imports: [...shared("store"), ...infra("settings data"), "infra"],
  },
  "infra/data": {
    holds: "tables, queues, secrets and the operators' log: what stays when code changes",
    imports: [...shared("store"), ...infra("grants settings"), "infra"],
  },
  "infra/monitoring": {
    holds: "alarms, dashboards, saved queries, metrics of what the logs say, traces, what is archived",
    imports: [...shared("contract store"), ...infra("grants settings api data"), "infra"],
  },
  "infra/stacks": {
    holds: "the CDK stacks in three layers",
    imports: [
      ...shared("platform contract store"),
      ...infra("grants settings api events data monitoring"),
      "infra",
    ],
  },
  "infra/archive": {
    holds: "the archive of security lines, a CDK app for another account",
    imports: [...infra("stacks"), "infra"],
  },
  "infra/command-line": {
    holds: "what npm scripts accept, and their help",
    imports: ["infra"],
  },
  infra: {
    holds: "entry points (`app`, `deploy`), settings, names",
    imports: infra("settings bundling stacks command-line"),
  },
  "infra/localstack": {
    holds: "deploy to LocalStack and test there",
    imports: [...infra("settings command-line"), "infra"],
  },
  "infra/local/aws": { holds: "the local account, errors and calls of AWS", imports: [] },
  "infra/local/cloudformation": { holds: "reads templates", imports: local("aws") },
  "infra/local/lambda": {
    holds: "execution environments, queue poller, deployment triggers",
    imports: local("aws cloudformation"),
  },
  "infra/local/engines": {
    holds: "the engines: DynamoDB as a process, SQS inside the runner",
    imports: [...local("aws cloudformation"), "infra"],
  },
  "infra/local/streams": {
    holds: "DynamoDB Streams: the calls, and the poller that calls functions",
    imports: local("aws cloudformation lambda"),
  },
  "infra/local/secrets": {
    holds: "Secrets Manager",
    imports: local("aws cloudformation lambda"),
  },
  "infra/local/gateway": {
    holds: "API Gateway",
    imports: [...local("aws cloudformation lambda"), "infra"],
  },
  "infra/local/mailbox": {
    holds: "SES, the inbox and the preview of letters",
    imports: [...shared("identity letters"), ...local("aws cloudformation gateway")],
  },
  "infra/local/operators": {
    holds: "what only operators' commands call: who they are, their log, moves of dead letters",
    imports: local("aws cloudformation"),
  },
  "infra/local/aws-endpoint": {
    holds: "the endpoint that functions call: IAM, faults, call counts",
    imports: local("aws cloudformation lambda streams secrets mailbox operators"),
  },
  "infra/local/eventbridge": {
    holds: "EventBridge: the rules that put SES's reports into a queue",
    imports: local("aws cloudformation gateway mailbox aws-endpoint"),
  },
  "infra/local": {
    holds: "`npm start`: starts and stops all of it",
    imports: [
      ...infra("settings bundling command-line"),
      ...local(
        "aws cloudformation lambda engines streams secrets gateway mailbox operators aws-endpoint eventbridge",
      ),
      "infra",
    ],
  },
};
