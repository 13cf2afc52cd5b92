// What each npm script accepts. Their `--help` is made of this table too, so it can't be wrong.

export type Option = { help: string; value?: string };

export type Usage = {
  does: string;
  /** What is named without an option: its form, a sentence that asks for it, and the known acts. */
  operands?: { form: string; ask: string; count?: number; acts?: readonly string[] };
  options?: Record<string, Option>;
  examples: readonly string[];
  /** The meaning of exit status 1, if it is not only a failure. */
  failure?: string;
};

const stage = {
  value: "name",
  help: "Work on this deployed stage, with your AWS credentials. By default, on the local stack of this folder.",
};
const refused = "at least one line was refused, or the command failed. The output says why.";

const ofTrees = {
  only: { value: "names", help: "Measure only these functions, separated by commas." },
  rounds: { value: "number", help: "Measure so many rounds, from 1 to 99." },
  against: { value: "folder", help: "Take turns with the bundles in this folder." },
};

export const usages = {
  start: {
    does: "Runs the service on this machine, from the templates that a deployment ships, until Ctrl-C. Settings come from .env and the environment. PUBLIC_URL, only from the environment, is the issuer in tokens and the address of the keys, for programs that can't reach http://127.0.0.1:8000.",
    options: {
      port: { value: "number", help: "Listen on this port. By default 8000." },
      host: {
        value: "address",
        help: "Answer other machines and containers too, for instance at 0.0.0.0. They reach the API, the keys and the pages, but no mailbox.",
      },
      fresh: { help: "Delete the data of earlier runs first (.local/)." },
      watch: { help: "Bundle functions again when their source changes." },
      quiet: { help: "Print no line for each request." },
    },
    examples: ["", "--fresh --port 8001"],
  },
  deploy: {
    does: "Deploys all stacks to AWS with `cdk deploy`.",
    operands: { form: "[-- <arguments of cdk deploy>]", ask: "Put arguments of cdk deploy after --." },
    options: {
      stage: { value: "name", help: "Deploy this stage. By default, that of the setting STAGE." },
    },
    examples: ["--stage prod", "--stage prod -- --require-approval never"],
  },
  "keys:revoke": {
    does: "Replaces the keys of all tokens after one has leaked. Everyone must sign in again.",
    options: {
      yes: { help: "Don't ask. Scripts need it." },
      stage,
    },
    examples: ["--stage prod", "--yes --stage prod"],
  },
  "create-admin": {
    does: "Creates an administrator, or makes one of the account with this address: sets its username and password, enables it and ends its sessions. Asks for the password twice, or reads one line from a pipe.",
    options: {
      email: { value: "address", help: "The administrator's email address. Required." },
      username: { value: "name", help: "The administrator's username. Required." },
      stage,
    },
    examples: [
      "--email root@example.com --username root",
      "--email root@example.com --username root --stage prod < password.txt",
    ],
  },
  "users:import": {
    does: "Imports accounts with their password hashes from a file with one JSON object a line. Accounts that are there stay unchanged, so an interrupted import can be run again.",
    operands: { form: "<file>", ask: "Name one file.", count: 1 },
    options: { stage },
    examples: ["users.jsonl", "users.jsonl --stage prod"],
    failure: refused,
  },
  "users:export": {
    does: "Writes all accounts with their password hashes to a new file that users:import can read. After an interruption, the same command continues.",
    operands: { form: "<file>", ask: "Name one file.", count: 1 },
    options: { stage },
    examples: ["users.jsonl", "users.jsonl --stage prod"],
  },
  "users:move": {
    does: "Moves an account from a lost or stolen mailbox to another address. start freezes the account, confirm sends the code to the new address without a wait of 72 hours, and cancel gives the account back.",
    operands: {
      form: "start|confirm|cancel",
      ask: "Name one act.",
      count: 1,
      acts: ["start", "confirm", "cancel"],
    },
    options: {
      email: { value: "address", help: "The account's present address. Required." },
      "new-email": { value: "address", help: "The new address. start requires it." },
      stage,
    },
    examples: [
      "start --email old@example.com --new-email new@example.com",
      "cancel --email old@example.com --stage prod",
    ],
  },
  "users:bulk": {
    does: "Deactivates or deletes the accounts that a file lists, one id or email address a line. Leaves administrators and frozen accounts alone. Without --confirm, it only counts and checks.",
    operands: {
      form: "deactivate|delete <file>",
      ask: "Name an act and one file.",
      count: 2,
      acts: ["deactivate", "delete"],
    },
    options: { confirm: { help: "Do it. Without it, nothing is changed." }, stage },
    examples: ["deactivate accounts.txt", "delete accounts.txt --confirm --stage prod"],
    failure: refused,
  },
  "localstack:up": {
    does: "Starts LocalStack in Docker, or checks that the one at LOCALSTACK_ENDPOINT answers.",
    examples: [""],
  },
  "localstack:deploy": { does: "Deploys all stacks to LocalStack.", examples: [""] },
  "localstack:test": { does: "Runs the tests of the API against LocalStack.", examples: [""] },
  "localstack:down": { does: "Stops LocalStack in Docker and deletes its data.", examples: [""] },
  "test:localstack": {
    does: "Starts LocalStack, deploys, tests the API there, and stops LocalStack.",
    examples: [""],
  },
  "test:stage": {
    does: "Runs the tests of the API against a deployed stage, with your AWS credentials.",
    options: {
      url: { value: "url", help: "The stage's output ApiUrl. Required." },
      "mail-domain": { value: "domain", help: "The domain whose mail the mailbox stack receives. Required." },
      "mail-queue": { value: "url", help: "The mailbox stack's output LettersUrl. Required." },
    },
    examples: ["--url https://… --mail-domain test.example.com --mail-queue https://sqs.…"],
  },
  postman: { does: "Writes the collection and environment for Postman (test/postman/).", examples: [""] },
  secrets: { does: "Looks for keys and tokens in every file that git tracks.", examples: [""] },
  fuzz: {
    does: "Sends valid and invalid requests, which schemathesis (PyPI) makes from openapi.yaml, to a new local stack.",
    examples: [""],
    failure: "an answer is not what openapi.yaml says, an operation never succeeded, or the command failed.",
  },
  "test:folder": {
    does: "Clones the last commit into a folder with unusual characters, and runs npm start and some tests there.",
    examples: [""],
  },
  "test:client": {
    does: "Makes a Python client from openapi.yaml with openapi-python-client (PyPI), and signs in with it at a new local stack.",
    examples: [""],
  },
  openapi: { does: "Writes openapi.yaml from the contract.", examples: [""] },
  attack: {
    does: "Performs attacks against a new local stack with the limits of a deployment, and prints which were held.",
    operands: { form: "[<part of an attack's name>]", ask: "Name a part of an attack's name." },
    examples: ["", '"keep an owner out"'],
    failure: "an attack was not held, or the command failed.",
  },
  bench: {
    does: "Measures the operations of a new local stack.",
    options: {
      compare: { value: "file", help: "Compare with what an earlier run saved." },
      save: { value: "file", help: "Save what was measured." },
    },
    examples: ["", "--compare before.json --save after.json"],
  },
  "bench:enumeration": {
    does: "Compares answer times for known and unknown addresses.",
    options: {
      rounds: { value: "number", help: "Measure so many rounds. By default 300." },
      row: { value: "number", help: "Measure only this row of the table." },
      handicap: { value: "milliseconds", help: "Slow one side down, to see that the bench notices." },
    },
    examples: ["", "--rounds 100 --row 2"],
  },
  "bench:alone": {
    does: "Measures what each call of a function costs in a process of its own.",
    options: ofTrees,
    examples: ["", "--only getMe,refreshToken --rounds 9"],
  },
  "bench:cold": {
    does: "Measures each function's size, initialisation and first call.",
    options: ofTrees,
    examples: ["", "--against ../other/build/functions"],
  },
  "bench:memory": {
    does: "Measures functions with several sizes of memory.",
    options: { only: ofTrees.only },
    examples: ["", "--only getMe,mailer"],
  },
  "bench:admin": {
    does: "Measures a page of people among so many people, by default among 5,000 and 100,000.",
    operands: { form: "[<people> ...]", ask: "Name numbers of people." },
    examples: ["", "1000 20000"],
  },
  "bench:mail": {
    does: "Measures the mailer at the limits of SES, in real time.",
    operands: { form: "[<number of a row> ...]", ask: "Name rows." },
    examples: ["", "1 3"],
  },
} as const satisfies Record<string, Usage>;

export type ScriptName = keyof typeof usages;
