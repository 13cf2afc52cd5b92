// What `npm run client` takes from the contract.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import type { Operations } from "../../../client/operations.ts";
import { routes } from "../../../client/routes.ts";
import { contractFiles } from "../../../infra/client/client-operations.ts";
import { generatedFiles } from "../../../infra/client/client-package.ts";
import { contract, type Contract, type OperationName } from "../../../shared/contract/contract.ts";
import type {
  bodyErrors,
  commonErrors,
  Operation,
  ParametersOf,
} from "../../../shared/contract/operation.ts";

const client = join(import.meta.dirname, "../../../client");
const read = (name: string) => readFileSync(join(client, name), "utf8");

describe("files made from the contract", () => {
  it("are up to date", async () => {
    const outdated = Object.entries(await generatedFiles()).filter(([name, text]) => read(name) !== text);
    const names = outdated.map(([name]) => `client/${name}`).join(", ");
    expect(names, "these files are not what the contract says: npm run client").toBe("");
  });

  it("have the version of the service", () => {
    const version = z.object({ version: z.string() });
    const own = version.parse(JSON.parse(readFileSync(join(client, "../package.json"), "utf8")));
    expect(version.parse(JSON.parse(read("package.json")))).toEqual(own);
  });

  it("have a method for each operation of people and for no other", () => {
    const names = Object.values<Operation>(contract)
      .filter(({ path }) => !path.startsWith("/api/v1/admin/"))
      .map(({ name }) => name);
    expect(Object.keys(routes)).toEqual(names);
    for (const name of ["createUser", "getMe", "endSession", "getKeys"]) expect(names).toContain(name);
  });

  it("declare no name that the client declares otherwise", () => {
    const declared = [...read("operations.ts").matchAll(/^export type (\w+)/gm)].map(([, name]) => name);
    const others = read("create-client.ts").matchAll(/^export (?:type|const) (\w+)|^export \{(.*)\}/gm);
    const words = [...others].flatMap(([, name, list = ""]) => [name, ...list.split(/\W+/)]);
    expect(words).toContain("Client");
    expect(words).toContain("memoryStorage");
    expect(declared.filter((name) => words.includes(name))).toEqual([]);
  });
});

type ForPeople = {
  [Name in OperationName]: Contract[Name] extends { caller: "staff" } | { keepsStaffCookie: true }
    ? never
    : Name;
}[OperationName];
type Input<O> = (O extends { query: infer Query extends z.ZodType } ? z.input<Query> : object) &
  (O extends { body: infer Body extends z.ZodType } ? z.input<Body> : object);
type InputOf<O extends Operation> = Input<O> & ParametersOf<O["path"]>;
type Members<T> = { [Name in keyof T]: T[Name] };
type FromContract = {
  [Name in ForPeople]: {
    sent: keyof InputOf<Contract[Name]> extends never ? undefined : Members<InputOf<Contract[Name]>>;
    answer: Contract[Name]["success"] extends { body: infer Body extends z.ZodType }
      ? z.output<Body>
      : undefined;
    code:
      | Contract[Name]["errors"][number]
      | (Contract[Name] extends { body: unknown } ? (typeof bodyErrors)[number] : never)
      | (typeof commonErrors)[number];
  };
};
type Same<One, Other> =
  (<T>(of: T) => T extends One ? 1 : 2) extends <T>(of: T) => T extends Other ? 1 : 2 ? true : false;
type Types = { sent: unknown; answer: unknown; code: unknown };
/** The names of operations with other types, so that the compiler says them. */
type Different<Of extends Partial<Record<ForPeople, Types>>> = {
  [Name in keyof Of & ForPeople]: {
    [Part in keyof Types]: Same<NonNullable<Of[Name]>[Part], FromContract[Name][Part]> extends true
      ? never
      : `${Name} ${Part}`;
  }[keyof Types];
}[keyof Of & ForPeople];

/** The compiler says what else there is. */
type Nothing<T extends never> = T;

// `npm run types` fails if one of these is wrong.
describe("types of the client", () => {
  it("are those of the contract", () => {
    expectTypeOf<keyof Operations>().toEqualTypeOf<ForPeople>();
    expectTypeOf<Nothing<Different<Operations>>>().toBeNever();
  });

  it("are compared to the last member", () => {
    type Me = Operations["getMe"];
    type Altered = Omit<Me, "answer"> & { answer: Omit<Me["answer"], "id"> & { id?: string } };
    expectTypeOf<Different<{ getMe: Me }>>().toBeNever();
    expectTypeOf<Different<{ getMe: Altered }>>().toEqualTypeOf<"getMe answer">();
    type Code = Exclude<Operations["logout"]["code"], "throttled">;
    type Logout = { sent: { refresh?: string }; answer: undefined; code: Code };
    expectTypeOf<Different<{ logout: Logout }>>().toEqualTypeOf<"logout sent" | "logout code">();
  });
});

const act = {
  name: "act",
  method: "POST",
  path: "/api/v1/auth/act/",
  caller: "user",
  summary: "Act */ now",
  success: { status: 204 },
  errors: [],
} as const satisfies Operation;
const madeOf = (operation: Partial<Operation>) => contractFiles({ act: { ...act, ...operation } });
const email = z.object({ email: z.string() });
const named = (schema: z.ZodObject, id = "Person") => schema.meta({ id });

const refused: [string, Partial<Operation>][] = [
  ["has a method of this name", { name: "signOut" }],
  ["can stand in a path", { path: "/api/v1/auth/act/{id}/{other}/" }],
  ["can stand in a path", { path: "/api/v1/auth/act/{name}/" }],
  ["can't have a body", { path: "/api/v1/auth/act/{id}/", body: email }],
  ["a query and a body", { query: email, body: email }],
  ["GET can't", { method: "GET", body: email }],
  ["POST can't have a query", { query: email }],
  ["DELETE can't have a query", { method: "DELETE", path: "/api/v1/auth/act/{id}/", query: email }],
  ["only the path can have an id", { body: z.object({ id: z.string() }) }],
  ["only the path can have an id", { method: "GET", query: z.object({ id: z.string() }) }],
  ["page is no text", { method: "GET", query: z.object({ page: z.int() }) }],
  ["found by the email", { readsDeviceToken: true, body: z.object({ address: z.string() }) }],
  ["no type for", { body: z.object({ any: z.unknown() }) }],
  [
    "two types have the name Person",
    { body: named(email.partial()), success: { status: 200, body: named(email) } },
  ],
  ["two types have the name BodyCode", { success: { status: 200, body: named(email, "BodyCode") } }],
];

describe("an operation that people may call", () => {
  it("becomes a type and a route", async () => {
    const made = await madeOf({
      method: "GET",
      path: "/api/v1/auth/act/{id}/",
      query: z.object({ order: z.enum(["up", "down"]).default("up"), from: z.string().optional() }),
      success: { status: 200, body: named(email) },
      errors: ["not_found", "token_not_valid"],
    });
    expect(made["operations.ts"]).toContain("export type Person = { email: string };");
    expect(made["operations.ts"]).toContain(String.raw`
  /** Act *\/ now */
  act: {
    sent: { id: string } & { order?: "up" | "down" | undefined; from?: string | undefined };
    answer: Person;
    code: "not_found" | "token_not_valid" | CommonCode;
  };
`);
    expect(made["routes.ts"]).toContain('act: "GET /api/v1/auth/act/{id}/ ui"');
  });

  it.each(refused)("stops the generator: … %s", async (sentence, operation) => {
    await expect(madeOf(operation)).rejects.toThrow(sentence);
  });
});
