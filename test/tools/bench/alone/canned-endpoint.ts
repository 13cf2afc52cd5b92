// A process that stands for AWS. While it records, it forwards calls to the embedded stack, except
// that orders for letters wait here, so that the stack's own mailer does not take them. Afterwards
// it answers at once, or after a delay, with what it recorded. It knows nothing of the SDK but
// HTTP, `X-Amz-Target` and the service's name in the signature.
import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readAuthorization } from "../../../../infra/local/aws/access-keys.ts";
import { createCannedAnswers, type Answer, type RecordedCall, type Recorded } from "./canned-answers.ts";
import type { ToEndpoint } from "./messages.ts";

let mode: ToEndpoint = { type: "replay", recorded: [], delayMilliseconds: {} };
let recorded: Recorded[] = [];
let canned = createCannedAnswers([]);

const read = async (incoming: IncomingMessage): Promise<string> => {
  let text = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) text += String(chunk);
  return text;
};

const passedOn = /^(authorization|content-type|x-amz-.*)$/;

const forwardTo = async (target: string, incoming: IncomingMessage, body: string): Promise<Answer> => {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => passedOn.test(name)),
  );
  const outgoing = forward(target, {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
  });
  outgoing.end(body);
  const [response] = await once(outgoing, "response");
  return {
    status: response.statusCode,
    contentType: String(response.headers["content-type"]),
    body: await read(response),
  };
};

const queued: Answer = {
  status: 200,
  contentType: "application/x-amz-json-1.0",
  body: JSON.stringify({ MessageId: "00000000-0000-4000-8000-000000000000" }),
};

const answerTo = async (incoming: IncomingMessage, call: RecordedCall): Promise<Answer | undefined> => {
  if (mode.type === "replay") {
    const milliseconds = mode.delayMilliseconds[call.service] ?? mode.delayMilliseconds["*"] ?? 0;
    if (milliseconds > 0) await delay(milliseconds);
    return canned(call);
  }
  // The functions know this endpoint's address as that of the stack.
  const body = call.body.replaceAll(`http://${incoming.headers.host}`, mode.stackUrl);
  const isOrder = call.service === "sqs" && call.target.endsWith("SendMessage");
  const answer = isOrder ? queued : await forwardTo(mode.stackUrl, incoming, body);
  recorded.push({ call, answer });
  return isOrder ? createCannedAnswers([{ call, answer }])(call) : answer;
};

const server = createServer((incoming, response) => {
  const handle = async () => {
    // A client opens its connection with this request, which is not signed.
    if (incoming.method === "GET" && incoming.url === "/ping") {
      response.end("healthy");
      return;
    }
    const { service } = readAuthorization(incoming.headers.authorization);
    const target = String(incoming.headers["x-amz-target"] ?? "");
    const body = await read(incoming);
    const answer = await answerTo(incoming, { service, target, body });
    if (answer === undefined) {
      process.send?.({ type: "unanswered", call: `${service} ${target}` });
      response.writeHead(500).end();
      return;
    }
    response.sendDate = false;
    response
      .writeHead(answer.status, {
        "content-type": answer.contentType,
        "content-length": Buffer.byteLength(answer.body),
      })
      .end(answer.body);
  };
  void handle();
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1");
await once(server, "listening");

process.on("message", (message: ToEndpoint | { type: "take" }) => {
  if (message.type === "take") {
    process.send?.({ type: "taken", recorded });
    recorded = [];
    return;
  }
  mode = message;
  if (mode.type === "replay") canned = createCannedAnswers(mode.recorded);
  process.send?.({ type: "ready" });
});
process.on("disconnect", () => process.exit());
const address = server.address();
process.send?.({ type: "listening", port: typeof address === "object" ? address?.port : 0 });
