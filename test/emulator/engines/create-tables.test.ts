import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { createTables } from "../../../infra/local/engines/create-tables.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const templates = loadTemplates(
  [
    {
      stackName: "data",
      template: {
        Resources: {
          Items: {
            Type: "AWS::DynamoDB::Table",
            Properties: {
              AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
              KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
              StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
            },
          },
        },
      },
    },
  ],
  "http://127.0.0.1:1",
);
const stream = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" };

/** An engine that has the table or not, with a stream or not. Returns the calls. */
const createIn = async (has: { table: boolean; stream: boolean }) => {
  const calls: unknown[][] = [];
  const answers: Record<string, [number, object]> = {
    CreateTable: has.table ? [400, { __type: "x#ResourceInUseException", message: "" }] : [200, {}],
    DescribeTable: [200, { Table: has.stream ? { StreamSpecification: stream } : {} }],
    UpdateTable: [200, {}],
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
    const body = await text(request);
    const { StreamSpecification } = JSON.parse(body) as { StreamSpecification?: object };
    calls.push([operation, StreamSpecification]);
    const [status, answer] = answers[operation] ?? [400, {}];
    response.writeHead(status).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  closing.push(() => (server.closeAllConnections(), server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await createTables(templates, { url, accessKeyId: "key" });
  return calls;
};

describe("the stream of a table", () => {
  it("begins with a new table", async () => {
    expect(await createIn({ table: false, stream: false })).toEqual([["CreateTable", stream]]);
  });

  it("is added to a table of earlier data, once", async () => {
    const created = ["CreateTable", stream];
    expect(await createIn({ table: true, stream: false })).toEqual([
      created,
      ["DescribeTable", undefined],
      ["UpdateTable", stream],
    ]);
    expect(await createIn({ table: true, stream: true })).toEqual([created, ["DescribeTable", undefined]]);
  });
});
