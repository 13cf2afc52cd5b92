import Bowser from "bowser";

const unknown = "Unknown device";
// No browser sends a longer one, and the parser's regular expressions take time on long texts.
const longestUserAgent = 512;

export const deviceLabel = (userAgent: string | undefined): string => {
  if (!userAgent || userAgent.length > longestUserAgent) return unknown;
  const { browser, os } = Bowser.parse(userAgent);
  const known = [browser.name, os.name].filter((name) => name !== undefined && name !== "");
  // Bowser returns an unknown browser's own name, which an attacker can choose freely.
  const label = known.join(" on ");
  return /^[A-Za-z0-9 .()-]{1,60}$/.test(label) ? label : unknown;
};
