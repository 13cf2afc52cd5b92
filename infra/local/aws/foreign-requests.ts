// Recognises requests that a web page of another site makes with the browser of this machine.
import type { IncomingHttpHeaders } from "node:http";

/** A host name of a page that resolves to 127.0.0.1 (DNS rebinding) is another name. */
export const namesThisMachine = (host: string | undefined, port?: number): boolean => {
  const found = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/.exec(host ?? "");
  return found !== null && (port === undefined || found[1] === String(port));
};

/** True for connections that this machine makes to itself, also where a server listens on all. */
export const isLoopback = (remoteAddress: string | undefined): boolean =>
  /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(remoteAddress ?? "");

/** Following a link from another site is harmless, because that site can't read the answer. */
export const comesFromAnotherSite = ({ origin, host, ...headers }: IncomingHttpHeaders): boolean => {
  if (origin !== undefined && origin !== `http://${host}`) return true;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return false;
  return headers["sec-fetch-mode"] !== "navigate";
};
