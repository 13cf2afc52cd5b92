// Runs `npm start` as a process, each time in a new folder.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { findRunningStack } from "../../commands/running-stack.ts";
import { freePort } from "../../infra/local/engines/free-port.ts";
import { eventually } from "../support/assert/eventually.ts";
import { exitCode, folder, npmStart, root, run, script } from "./fixtures/npm-start.ts";
import { alive, descendants } from "./fixtures/processes.ts";

const variable = (name: string, value: string) => {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
};
/** Returns an empty string if the process has just ended. */
const variablesOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
};

describe("npm start", () => {
  it("serves the application, prints its addresses, and ends on Ctrl-C", async () => {
    const cwd = folder();
    const port = await freePort();
    const spawnedAt = Date.now();
    const { child, said, ready } = npmStart(cwd, "--port", String(port));
    await ready();
    const startMilliseconds = Date.now() - spawnedAt;
    for (const address of ["/api/v1/auth/", "/swagger/", "/_inbox/"]) {
      expect(said.out).toContain(`http://127.0.0.1:${port}${address}`);
    }
    expect(said.out).toContain("/api/v1/auth/ (for pages of all origins)\n");
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/auth/user/me/`);
    expect(answer.status).toBe(401);
    await eventually(
      "the line of the request",
      () => /^GET \/api\/v1\/auth\/user\/me\/ 401 not_authenticated \d+ ms$/m.test(said.out) || undefined,
    );
    const pids = descendants(child.pid ?? 0);
    expect(pids.length).toBeGreaterThan(2);

    const second = npmStart(cwd, "--port", String(await freePort()));
    expect(await exitCode(second.child)).toBe(1);
    expect(second.said.error).toMatch(/^Another `npm start` uses [^\n]+\n$/);

    const startedAt = Date.now();
    child.kill("SIGINT");
    expect(await exitCode(child)).toBe(0);
    // Two seconds, or more where the start was slow too.
    expect(Date.now() - startedAt).toBeLessThan(Math.max(2000, 2 * startMilliseconds));
    await eventually("the children to end", () => (alive(pids).length === 0 ? true : undefined));
    expect(said.error).toBe("");
  });

  it("leaves no process when it is killed, and --fresh starts empty", async () => {
    const cwd = folder();
    const port = await freePort();
    const killed = npmStart(cwd, "--port", String(port));
    await killed.ready();
    await fetch(`http://127.0.0.1:${port}/api/v1/auth/user/me/`);
    const pids = descendants(killed.child.pid ?? 0);
    killed.child.kill("SIGKILL");
    await eventually("the children to end", () => (alive(pids).length === 0 ? true : undefined));
    const data = path.join(cwd, ".local");
    expect(existsSync(path.join(data, "stack.json"))).toBe(true);
    expect(() => findRunningStack(data)).toThrow("No local stack is running here: npm start");

    const trace = path.join(cwd, ".local/emails/trace");
    writeFileSync(trace, "");
    const fresh = npmStart(cwd, "--port", String(port), "--fresh");
    await fresh.ready();
    expect(existsSync(trace)).toBe(false);
    fresh.child.kill("SIGTERM");
    expect(await exitCode(fresh.child)).toBe(0);
  });

  it("ends with all its children when npm is killed", async () => {
    const cwd = folder();
    for (const name of ["package.json", "infra"]) symlinkSync(path.join(root, name), path.join(cwd, name));
    const npm = run(cwd, "npm", "start", "--", "--port", String(await freePort()));
    await npm.ready();
    const pids = descendants(npm.child.pid ?? 0);
    expect(pids.length).toBeGreaterThan(2);
    npm.child.kill("SIGKILL");
    await eventually("the runner to end", () => (alive(pids).length === 0 ? true : undefined));
  });

  it("ignores stage and address in .env, and nothing else", async () => {
    const cwd = folder();
    writeFileSync(
      path.join(cwd, ".env"),
      [
        "\ufeffTOKEN_AUDIENCE=ours",
        "STAGE=prod",
        "PUBLIC_URL=https://auth.example.com",
        "DOMAIN_NAME=auth.example.com",
        "CERTIFICATE_ARN=arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
        "DISABLE_DEFAULT_ENDPOINT=on",
        "",
      ].join("\r\n"),
    );
    const port = await freePort();
    const { child, ready } = npmStart(cwd, "--port", String(port));
    await ready();
    const url = `http://127.0.0.1:${port}`;
    const configuration = await fetch(`${url}/.well-known/openid-configuration`);
    expect(await configuration.json()).toMatchObject({ issuer: url });
    const running = readFileSync(path.join(cwd, ".local/stack.json"), "utf8");
    expect(running).toContain("lit-auth-local-create-user");
    expect(running).not.toContain("prod");
    await fetch(`${url}/api/v1/auth/user/me/`);
    const variables = descendants(child.pid ?? 0).map(variablesOf);
    expect(variables.join()).toContain("TOKEN_AUDIENCE=ours");
    child.kill("SIGTERM");
    expect(await exitCode(child)).toBe(0);
  });

  it("serves another host under PUBLIC_URL, quietly, and checks no challenges elsewhere", async () => {
    const cwd = folder();
    const issuer = "http://host.docker.internal:8000";
    variable("PUBLIC_URL", issuer);
    const settings =
      "CHALLENGE_VERIFY_URL=https://service.example/siteverify\nCHALLENGE_HOSTNAMES=app.example.com\n";
    writeFileSync(path.join(cwd, ".env"), settings);
    const port = await freePort();
    const { child, said, ready } = npmStart(cwd, "--port", String(port), "--host", "127.0.0.9", "--quiet");
    await ready();
    const configuration = await fetch(`http://127.0.0.9:${port}/.well-known/openid-configuration`);
    expect(await configuration.json()).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
    });
    expect((await fetch(`http://127.0.0.9:${port}/_aws/ses`)).status).toBe(403);
    await fetch(`http://127.0.0.1:${port}/api/v1/auth/user/reset_password/`, { method: "POST" });
    expect(said.out).not.toMatch(/^(GET|POST) /m);
    const variables = descendants(child.pid ?? 0).map(variablesOf);
    expect(variables.join().split("\0")).toContain("CHALLENGE_VERIFY_URL=off");
    child.kill("SIGTERM");
    expect(await exitCode(child)).toBe(0);
  });

  it.each([
    ["an unknown flag", ["--prot", "9000"], /^Unknown option '--prot'[^\n]* Known options: --port[^\n]*\n$/],
    ["an invalid port", ["--port", "http"], /^--port http is not a port number\. Known options: [^\n]*\n$/],
    [
      "a misspelt setting",
      [],
      /^\.env has mistakes\.[^\n]*\n {2}MAIL_FORM is no setting\. [^\n]* MAIL_FROM\?\n$/,
    ],
  ])("reports %s in one sentence, with exit status 1", async (_, flags, sentence) => {
    const cwd = folder();
    writeFileSync(path.join(cwd, ".env"), "MAIL_FORM=a@b.example\n");
    const { child, said } = npmStart(cwd, ...flags);
    expect(await exitCode(child)).toBe(1);
    expect(said.error).toMatch(sentence);
  });

  it("reports an address that is not of this machine in one sentence", async () => {
    const { child, said } = npmStart(folder(), "--host", "192.0.2.99", "--port", String(await freePort()));
    expect(await exitCode(child)).toBe(1);
    expect(said.error).toBe("--host 192.0.2.99 is not an address of this machine.\n");
  });

  it("explains itself, and says at once that it starts", async () => {
    const { child, said } = npmStart(folder(), "--help");
    expect(await exitCode(child)).toBe(0);
    for (const word of ["--port", "--host", "--fresh", "--watch", "--quiet", "PUBLIC_URL"])
      expect(said.out).toContain(word);
    // All other imports follow the first line: they take longer than a second.
    const imports = [...readFileSync(script, "utf8").matchAll(/^import .* from "(.*)";$/gm)];
    expect(imports.map(([, from]) => from)).toEqual(["../command-line/command-line.ts", "../user-error.ts"]);
  });

  it("reports an unusable .local in one sentence, with exit status 1", async () => {
    const cwd = folder();
    writeFileSync(path.join(cwd, ".local"), "a file where a folder should be");
    const { child, said } = npmStart(cwd, "--port", String(await freePort()));
    expect(await exitCode(child)).toBe(1);
    expect(said.error).toMatch(/^The folder [^\n]*\.local can't be used \([^\n]*\n$/);
  });
});
