// What the npm scripts accept that test and measure.
import type { Usage } from "./usage.ts";

const ofTrees = {
  only: { value: "names", help: "Measure only these functions, separated by commas." },
  rounds: { value: "number", help: "Measure so many rounds, from 1 to 99." },
  against: { value: "folder", help: "Take turns with the bundles in this folder." },
};

export const toolUsages = {
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
  example: {
    does: "Serves the sign-in page of examples/web/ at http://127.0.0.1:5173, beside npm start, until Ctrl-C.",
    options: {
      port: { value: "number", help: "Listen on this port. By default 5173." },
      api: { value: "url", help: "The address of the API. By default http://127.0.0.1:8000." },
    },
    examples: ["", "--port 5174 --api https://auth.example.com"],
  },
  client: {
    does: "Writes what client/ has from the contract, and packs the package for front ends: build/lit-auth-client.tgz.",
    examples: [""],
  },
  attack: {
    does: "Performs attacks against a new local stack with the limits of a deployment, and prints which were held.",
    operands: { form: "[<part of an attack's name>]", ask: "Name a part of an attack's name." },
    examples: ["", '"keep an owner out"'],
    failure: "an attack was not held, or the command failed.",
  },
  cost: {
    does: "Measures what each operation costs on a new local stack, and prints the bill of a month on AWS.",
    options: { json: { help: "Print JSON, for machines." } },
    examples: ["", "--json"],
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
