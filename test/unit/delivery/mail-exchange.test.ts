import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mailExchange } from "../../../shared/delivery/mail-exchange.ts";
import { startMailDomains, type MailDomain } from "../../support/dns/mail-domains.ts";

const domains: Record<string, MailDomain> = {
  "none.example": "none",
  "null.example": "null",
  "unknown.example": "unknown",
  "broken.example": "broken",
  "silent.example": "silent",
};
let server: Awaited<ReturnType<typeof startMailDomains>>;
beforeAll(async () => {
  server = await startMailDomains(domains);
});
afterAll(() => server.stop());

describe("mail exchange of a domain", () => {
  it("is missing only if the DNS definitely says so (RFC 7505)", async () => {
    const { takesMail } = mailExchange(server.address);
    const found = [];
    for (const domain of ["living.example", ...Object.keys(domains)])
      found.push([domain, await takesMail(domain)]);
    expect(Object.fromEntries(found)).toEqual({
      "living.example": true,
      "none.example": false,
      "null.example": false,
      "unknown.example": false,
      "broken.example": true,
      "silent.example": true,
    });
  });

  it("isn't asked for again for five minutes once it is known", async () => {
    let now = 0;
    const { takesMail } = mailExchange(server.address, () => now);
    const times = async (domain: string) => {
      const before = server.asked.filter((name) => name === domain).length;
      await takesMail(domain);
      return server.asked.filter((name) => name === domain).length - before;
    };
    expect([await times("none.example"), await times("none.example")]).toEqual([1, 0]);
    now = 301;
    expect(await times("none.example")).toBe(1);
    expect(await times("broken.example")).toBeGreaterThan(0);
    expect(await times("broken.example")).toBeGreaterThan(0);
  });

  it("isn't asked for at SES's simulator, which SES answers itself", async () => {
    const { takesMail } = mailExchange(server.address);
    expect(await takesMail("simulator.amazonses.com")).toBe(true);
    expect(server.asked).not.toContain("simulator.amazonses.com");
  });

  it("isn't asked for if that is off", async () => {
    const before = server.asked.length;
    expect(await mailExchange("off").takesMail("unknown.example")).toBe(true);
    expect(server.asked).toHaveLength(before);
  });
});
