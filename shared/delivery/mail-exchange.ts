import { Resolver } from "node:dns/promises";
import { simulatorDomain } from "../identity/email-address.ts";
import { minute, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";

const timeoutMilliseconds = 1_000;
const tries = 2;
const knownSeconds = 5 * minute;
const mostKnown = 1_000;

/** The domain, or its record, does not exist. Other errors say nothing of it. */
const definite = new Set(["ENOTFOUND", "ENODATA"]);

const isDefinite = (error: unknown): boolean =>
  error instanceof Error && "code" in error && definite.has(String(error.code));

export const mailExchange = (setting = variable("MX_RESOLVER"), clock: Clock = nowSeconds) => {
  const resolver = new Resolver({ timeout: timeoutMilliseconds, tries });
  if (setting !== "off" && setting !== "system") resolver.setServers([setting]);
  const known = new Map<string, { takesMail: boolean; until: number }>();

  const lookUp = async (domain: string): Promise<boolean | undefined> => {
    try {
      const records = await resolver.resolveMx(domain);
      // One record without a name says that the domain takes no mail (RFC 7505).
      return records.some(({ exchange }) => exchange !== "" && exchange !== ".");
    } catch (error) {
      return isDefinite(error) ? false : undefined;
    }
  };

  return {
    takesMail: async (domain: string): Promise<boolean> => {
      if (setting === "off" || domain === simulatorDomain) return true;
      const now = clock();
      const earlier = known.get(domain);
      if (earlier && earlier.until > now) return earlier.takesMail;
      const takesMail = await lookUp(domain);
      if (takesMail === undefined) return true;
      if (known.size >= mostKnown) known.clear();
      known.set(domain, { takesMail, until: now + knownSeconds });
      return takesMail;
    },
  };
};

export type MailExchange = ReturnType<typeof mailExchange>;
