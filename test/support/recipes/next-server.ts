// A small server that does with the recipe for Next.js what Next.js does: first the proxy, then the
// page, and actions as forms send them. And a browser's cookies for it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { loadRecipe } from "./recipes.ts";
import type * as Next from "./next.ts";

type Proxy = { proxy: (request: Next.NextRequest) => Promise<Next.NextResponse> };
type Page = { default: () => Promise<ReactNode> };
type Actions = {
  signIn: (before: unknown, form: FormData) => Promise<string | undefined>;
  signOut: () => Promise<void>;
};

export const startNextServer = async (folder: string) => {
  const { proxy } = await loadRecipe<Proxy>(folder, "proxy.ts");
  const { default: Page } = await loadRecipe<Page>(folder, "app/page.tsx");
  const actions = await loadRecipe<Actions>(folder, "app/actions.ts");
  const { NextRequest, renderWith } = await loadRecipe<typeof Next>(folder, "next.ts");
  const pageWith = async (cookie: string | null) => renderToStaticMarkup(await renderWith({ cookie }, Page));

  const answerTo = async (path: string, cookie: string, body: string): Promise<[string, Headers]> => {
    const written = new Headers();
    if (path === "/sign-in") {
      const form = new FormData();
      for (const [name, value] of new URLSearchParams(body)) form.set(name, value);
      return [(await renderWith({ cookie, written }, () => actions.signIn(undefined, form))) ?? "", written];
    }
    if (path === "/sign-out") {
      await renderWith({ cookie, written }, actions.signOut);
      return ["", written];
    }
    if (path === "/without-proxy") return [await pageWith(cookie), written];
    const response = await proxy(new NextRequest("http://127.0.0.1/", { headers: { cookie } }));
    return [await pageWith(response.forwarded.get("cookie")), response.headers];
  };

  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    void text(request)
      .then((body) => answerTo(url, headers.cookie ?? "", body))
      .catch((error: unknown): [string, Headers] => [String(error), new Headers()])
      .then(([page, written]) => response.setHeader("set-cookie", written.getSetCookie()).end(page));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
};

/** Keeps cookies as a browser does, and remembers the headers that set them. */
export const browserAt = (url: string, cookies = new Map<string, string>()) => ({
  cookies,
  ask: async (path: string, form?: Record<string, string>) => {
    const response = await fetch(url + path, {
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    const set = response.headers.getSetCookie();
    for (const header of set) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (header.includes("Max-Age=0")) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { text: await response.text(), set };
  },
});
