// In a real Chromium, a page of another site that knows all ports tries to reach a running stack.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NoEngineError, type EngineName } from "../../infra/local/engines/dynamodb-engine.ts";
import { descendants } from "../emulator/fixtures/processes.ts";
import { letterTo } from "../support/mail/letters.ts";
import { activated } from "../support/people/people.ts";
import { listening } from "../support/stacks/listening.ts";
import { outputOf } from "../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { itemsOf } from "../support/store/table-items.ts";
import { launchBrowser } from "./watched-page.ts";

const rebound = "rebound.example";
const engines: EngineName[] = ["dynoxide", "dynamodb-local"];

describe.each(engines)("foreign page, %s", (engine) => {
  let stack: TestStack | undefined;
  let browser: Browser;
  let site: Server;
  beforeAll(async () => {
    try {
      stack = await startTestStack({ engine });
    } catch (error) {
      if (!(error instanceof NoEngineError)) throw error;
    }
    // The rule stands for a name server that answers with 127.0.0.1.
    // The feature is Chromium's own defence, which other browsers don't have.
    browser = await launchBrowser([
      `--host-resolver-rules=MAP ${rebound} 127.0.0.1`,
      "--disable-features=LocalNetworkAccessChecks",
    ]);
    site = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end("<title>Evil</title>"),
    );
    site.listen(0, "127.0.0.1");
    await once(site, "listening");
  });
  afterAll(async () => {
    site.close();
    site.closeAllConnections();
    await Promise.all([stack?.remove(), browser.close()]);
  });

  const portOfSite = (): number => {
    const address = site.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const openAt = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    // The first answer comes from the site itself, as before its name was bound to this machine.
    await page.route(url, (route) => route.fulfill({ body: "<title>Evil</title>" }), { times: 1 });
    await page.goto(url);
    return page;
  };

  /** Sends an UpdateItem with the key of earlier versions, then as a form, which needs no CORS. */
  const makeStaff = (page: Page, url: string, TableName: string, id: string) =>
    page.evaluate(
      async ({ url, TableName, id }) => {
        const body = JSON.stringify({
          TableName,
          Key: { pk: { S: `user#${id}` } },
          UpdateExpression: "SET isStaff = :yes",
          ExpressionAttributeValues: { ":yes": { BOOL: true } },
        });
        const headers = {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "DynamoDB_20120810.UpdateItem",
          "x-amz-date": "20260101T000000Z",
          authorization:
            "AWS4-HMAC-SHA256 Credential=LOCALRunner/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local",
        };
        const statusOf = (options: RequestInit) =>
          fetch(url, { method: "POST", body, ...options }).then(
            ({ type, status }) => (type === "opaque" ? "opaque" : status),
            () => "blocked",
          );
        return [await statusOf({ headers }), await statusOf({ mode: "no-cors" })];
      },
      { url, TableName, id },
    );

  it("can't make a user staff, across origins or by rebinding", async ({ skip }) => {
    const running = stack ?? skip(`${engine} cannot run here`);
    const { id } = await activated();
    const userOf = async () => (await itemsOf(running, "UsersTable")).find(({ pk }) => pk === `user#${id}`);
    const before = await userOf();
    expect(before).toMatchObject({ isStaff: false });
    const sockets = listening([process.pid, ...descendants(process.pid)]);
    expect(sockets.length).toBeGreaterThanOrEqual(4);
    const page = await openAt(`http://localhost:${portOfSite()}/`);
    for (const { port } of sockets) {
      const url = `http://127.0.0.1:${port}/`;
      const [sent] = await makeStaff(page, url, outputOf(running, "UsersTable"), id);
      expect(sent).toBe("blocked");
    }
    const endpoint = new URL(running.endpoint.url).port;
    const own = await openAt(`http://${rebound}:${endpoint}/`);
    expect(await makeStaff(own, "/", outputOf(running, "UsersTable"), id)).toEqual([403, 403]);
    expect(await userOf()).toEqual(before);
  });

  it("can't read or delete letters, across origins or by rebinding", async ({ skip }) => {
    const running = stack ?? skip(`${engine} cannot run here`);
    const { email } = await activated();
    const letters = `${running.url}/_aws/ses`;
    const page = await openAt(`http://localhost:${portOfSite()}/`);
    const tried = await page.evaluate(async (url) => {
      const outcome = (options: RequestInit) =>
        fetch(url, options).then(
          async (answer) => `${answer.type} ${await answer.text()}`,
          () => "blocked",
        );
      return [
        await outcome({}),
        await outcome({ method: "DELETE" }),
        await outcome({ mode: "no-cors" }),
        await outcome({ mode: "no-cors", method: "POST", body: "x" }),
      ];
    }, letters);
    expect(tried.slice(0, 2)).toEqual(["blocked", "blocked"]);
    for (const outcome of tried.slice(2)) expect(["blocked", "opaque "]).toContain(outcome);
    const own = await openAt(`http://${rebound}:${new URL(running.url).port}/_inbox/`);
    expect(await own.evaluate(async () => (await fetch("/_inbox/")).status)).toBe(403);
    const deleted = await own.evaluate(async () => (await fetch("/_aws/ses", { method: "DELETE" })).status);
    expect(deleted).toBe(403);
    expect(await letterTo(email)).toBeDefined();
  });
});
