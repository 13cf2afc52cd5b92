// What the recipes need of Next.js, on web requests. As there, a page may read cookies, and only an
// action may set them.
import { AsyncLocalStorage } from "node:async_hooks";

type Attributes = {
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: "lax" | "strict" | "none";
  path?: string;
  maxAge?: number;
};
type Cookie = { name: string; value: string };

const parsed = (header: string | null): Map<string, string> =>
  new Map(
    (header ?? "")
      .split("; ")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [name = "", value = ""] = pair.split("=");
        return [name, decodeURIComponent(value)];
      }),
  );

const setCookie = (name: string, value: string, { httpOnly, secure, sameSite, path, maxAge }: Attributes) =>
  [
    `${name}=${encodeURIComponent(value)}`,
    path && `Path=${path}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    secure && "Secure",
    httpOnly && "HttpOnly",
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join("; ");

class Cookies {
  readonly #header: () => string | null;
  readonly #write: (name: string, value: string, attributes: Attributes) => void;

  constructor(header: () => string | null, write: (name: string, value: string, of: Attributes) => void) {
    this.#header = header;
    this.#write = write;
  }

  get(name: string): Cookie | undefined {
    const value = parsed(this.#header()).get(name);
    return value === undefined ? undefined : { name, value };
  }

  set(name: string, value: string, attributes: Attributes = {}): void {
    this.#write(name, value, attributes);
  }
}

export class NextRequest extends Request {
  readonly cookies = new Cookies(
    () => this.headers.get("cookie"),
    (name, value) => {
      const all = parsed(this.headers.get("cookie")).set(name, value);
      const pairs = [...all].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      this.headers.set("cookie", pairs.join("; "));
    },
  );
}

export class NextResponse extends Response {
  /** The headers with which the page is rendered. */
  forwarded = new Headers();
  readonly cookies = new Cookies(
    () => null,
    (...given) => this.headers.append("set-cookie", setCookie(...given)),
  );

  static next({ request }: { request: { headers: Headers } }): NextResponse {
    const response = new NextResponse();
    response.forwarded = request.headers;
    return response;
  }
}

type Rendering = { cookie: string | null; written?: Headers | undefined };
const rendering = new AsyncLocalStorage<Rendering>();

/** Runs a page, or an action if there are headers that it may write. */
export const renderWith = <Result>(how: Rendering, work: () => Promise<Result>): Promise<Result> =>
  rendering.run(how, work);

export const cookies = async (): Promise<Cookies> => {
  const { cookie, written } = rendering.getStore() ?? { cookie: null };
  return new Cookies(
    () => cookie,
    (...given) => {
      if (!written) throw new Error("Cookies can only be modified in a Server Action or Route Handler.");
      written.append("set-cookie", setCookie(...given));
    },
  );
};
