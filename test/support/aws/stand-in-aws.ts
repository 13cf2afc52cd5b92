// Answers the calls of AWS SDKs from a table, over the protocols that they speak.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Refused = { refused: string; message?: string };
/** A text is XML, and stands for the result of a call by form. */
type Answer = string | object | Refused;
type Input = Record<string, string>;
export type Answers = Record<string, Answer | ((input: Input) => Answer)>;

type Call = { name: string; isForm: boolean; input: Input };

/** Names a call by its operation or, where only its path tells it, by method and path. */
const readCall = async (request: IncomingMessage): Promise<Call> => {
  const body = await text(request);
  const target = request.headers["x-amz-target"];
  if (typeof target === "string")
    return { name: target.split(".").at(-1) ?? "", isForm: false, input: JSON.parse(body || "{}") as Input };
  const form = new URLSearchParams(body);
  const action = form.get("Action");
  if (action !== null) return { name: action, isForm: true, input: Object.fromEntries(form) };
  return { name: `${request.method} ${decodeURIComponent(request.url ?? "")}`, isForm: false, input: {} };
};

const isRefused = (answer: Answer): answer is Refused => typeof answer === "object" && "refused" in answer;

const written = ({ name, isForm }: Call, answer: Answer): { status: number; body: string } => {
  if (isRefused(answer)) {
    const { refused: code, message = "refused by a test" } = answer;
    const body = isForm
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: code, code, message });
    return { status: code.startsWith("NotFound") ? 404 : 400, body };
  }
  if (isForm)
    return {
      status: 200,
      body: `<${name}Response><${name}Result>${typeof answer === "string" ? answer : ""}</${name}Result></${name}Response>`,
    };
  return { status: 200, body: JSON.stringify(answer) };
};

/** Calls without an answer in the table are refused as for someone without rights. */
export const startStandInAws = async (answers: Answers) => {
  const called: string[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    called.push(call.name);
    const key = Object.keys(answers).find(
      (name) => call.name === name || (name.endsWith("*") && call.name.startsWith(name.slice(0, -1))),
    );
    const planned = key === undefined ? { refused: "AccessDenied" } : answers[key];
    const answer = typeof planned === "function" ? planned(call.input) : (planned ?? {});
    const { status, body } = written(call, answer);
    response.writeHead(status, {
      "content-type": call.isForm ? "text/xml" : "application/json",
      ...(isRefused(answer) && { "x-amzn-errortype": answer.refused }),
    });
    response.end(body);
  };
  const server = createServer((request, response) => void answerTo(request, response));
  server.listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  return {
    called,
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "stand-in",
      AWS_SECRET_ACCESS_KEY: "stand-in",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "1",
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
};
