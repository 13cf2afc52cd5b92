import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createLetterPreview } from "../../../infra/local/mailbox/letter-preview.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { locales } from "../../../shared/identity/locale.ts";
import { lettersFolder } from "../../../shared/letters/letter-files.ts";
import { letterNames } from "../../../shared/letters/letter-names.ts";
import { useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const folder = mkdtempSync(join(tmpdir(), "lit-auth-preview-"));
beforeEach(() => cpSync(lettersFolder, folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const mailer = {
  Type: "AWS::Lambda::Function",
  Properties: {
    Environment: {
      Variables: { PRODUCT_NAME: "Fish & <Chips>", OTP_LIFETIME_SECONDS: "60", DEFAULT_LOCALE: "de" },
    },
  },
};
const templates = loadTemplates(
  [{ stackName: "s", template: { Resources: { mailer } } }],
  "http://localhost",
);
const open = (url: string, query = "") => {
  const answer = createLetterPreview(templates, folder)(url, new URLSearchParams(query));
  return { status: answer?.status ?? 404, body: String(answer?.body ?? "") };
};
const edit = (file: string, from: string, to: string) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
};

describe("preview of letters", () => {
  it("lists every letter in every language", () => {
    const { body } = open("/_letters/");
    for (const name of letterNames)
      for (const locale of locales)
        for (const kind of ["html", "txt"]) {
          const path = `/_letters/${locale}/${name}.${kind}`;
          expect(body).toContain(`href="${path}"`);
          expect(open(path).status).toBe(200);
        }
    const all = open("/_letters/ar/").body;
    for (const width of [320, 640])
      for (const scheme of ["light", "dark"])
        expect(all).toContain(`title="goodbye, ${width} pixels, ${scheme}" width="${width}"`);
  });

  it("shows an edited sentence at the next request", () => {
    expect(open("/_letters/en/login.html").body).toContain("Enter it on the page");
    edit("en.json", "Enter it on the page where you are signing in.", "Type it where you sign in.");
    for (const kind of ["html", "txt"]) {
      const { body } = open(`/_letters/en/login.${kind}`);
      expect(body).toContain("Type it where you sign in.");
      expect(body).not.toContain("Enter it on the page");
    }
  });

  it("shows the problem of a bad edit", () => {
    edit("en.json", "Enter it on the page where you are signing in.", "Go to <i>example.com</i>.");
    for (const path of ["/_letters/", "/_letters/de/", "/_letters/en/login.html", "/_letters/en/login.txt"]) {
      const { status, body } = open(path);
      expect(status).toBe(500);
      expect(body).toContain(
        "<li>letters/en.json, letter &quot;login&quot;: paragraph 3 contains &lt;, but letters are plain text without markup.</li>",
      );
      expect(body).not.toContain("<i>");
    }
  });

  it("has the product, lifetime and language of the stack's mailer", () => {
    writeFileSync(join(folder, "fr.json"), "{}");
    const { body } = open("/_letters/fr/login.html");
    expect(body).toContain('lang="de"');
    expect(body).toContain("Ihr Anmeldecode für Fish &amp; &lt;Chips&gt;:");
    expect(body).toContain("ist 1 Minute gültig");
    expect(open("/_letters/fr/").body).toContain("<h2>login (falls back to de)</h2>");
    const invitation = open("/_letters/en/invitation.txt").body;
    expect(invitation).toContain("ABCD-EFGH-IJKL-MNOP");
    expect(invitation).toContain("valid for 7 days");
  });

  it("shows the dark letter to a person with a light system", () => {
    const light = open("/_letters/en/login.html", "scheme=light").body;
    const dark = open("/_letters/en/login.html", "scheme=dark").body;
    expect(dark).toContain("@media all{");
    expect(light).toContain("@media not all{");
    expect(open("/_letters/en/login.html").body).toContain("@media (prefers-color-scheme:dark){");
  });

  it.each([
    "/_letters/pt/",
    "/_letters/en/nothing.html",
    "/_letters/en/login.js",
    "/_letters/en/login.html/x",
    "/_lettersx",
  ])("has no page %s", (path) => expect(open(path).status).toBe(404));

  it("is linked in the inbox and protected in the same way", async () => {
    const { url } = stack();
    const inbox = await (await fetch(`${url}/_inbox/`)).text();
    expect(inbox).toContain('<a href="/_letters/">');
    const page = await fetch(`${url}/_letters/en/login.html`);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await page.text()).toContain("123456");
    const elsewhere = { origin: "https://elsewhere.example" };
    expect((await fetch(`${url}/_letters/`, { headers: elsewhere })).status).toBe(403);
    expect((await fetch(`${url}/_letters/`, { method: "POST" })).status).toBe(404);
  });
});
