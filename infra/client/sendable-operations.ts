// Stops at what the contract could say and client/send.ts or client/create-client.ts could not do.
import type { Operation } from "../../shared/contract/operation.ts";
import { typeOf } from "./type-text.ts";

/** Names of the client's own methods. An object with `then` would be taken for a promise. */
const taken = new Set(["signOut", "getAccessToken", "subscribe", "getSnapshot", "then"]);

const textType = /^(string|("[^"]*"( \| )?)+)$/;

const faultOf = ({ name, method, path, query, body, readsDeviceToken }: Operation): string | undefined => {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
  const hasId = parameters.length > 0;
  const inQuery = Object.entries(query?.shape ?? {});
  const inBody = Object.keys(body?.shape ?? {});
  if (taken.has(name)) return "the client has a method of this name";
  if (hasId && parameters.join() !== "id") return "only {id} can stand in a path, and only once";
  if (hasId && body) return "an operation with {id} can't have a body";
  if (query && body) return "an operation can't have a query and a body";
  if (body && method === "GET") return "GET can't have a body";
  if (query && method !== "GET") return `${method} can't have a query`;
  if (inBody.includes("id") || query?.shape["id"]) return "only the path can have an id";
  const [notText] = inQuery.find(([, schema]) => !textType.test(typeOf(schema, "input", {}))) ?? [];
  if (notText !== undefined) return `${notText} is no text, and only texts can stand in a query`;
  if (readsDeviceToken && !inBody.includes("email")) return "device tokens are found by the email of a body";
  return undefined;
};

export const checkSendable = (operation: Operation): void => {
  const fault = faultOf(operation);
  if (fault !== undefined) throw new Error(`The client can't call ${operation.name}: ${fault}.`);
};
