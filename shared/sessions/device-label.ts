/** What a person recognises a session by: browser and system, from known names only. */
import Bowser from "bowser";

const unknown = "Unknown device";
// Longer ones are no browser's, and parsing is by regular expressions.
const longestUserAgent = 512;

export const deviceLabel = (userAgent: string | undefined): string => {
  if (!userAgent || userAgent.length > longestUserAgent) return unknown;
  const { browser, os } = Bowser.parse(userAgent);
  const known = [browser.name, os.name].filter((name) => name !== undefined && name !== "");
  // A browser that bowser does not know keeps the name it gives itself; letters and spaces are all that may be shown.
  const label = known.join(" on ");
  return /^[A-Za-z0-9 .()-]{1,60}$/.test(label) ? label : unknown;
};
