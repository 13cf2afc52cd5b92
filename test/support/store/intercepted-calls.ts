import { dynamo } from "../../../shared/store/dynamo.ts";

type Command = { name: string; input: object };
type Interceptor = (command: Command, send: () => Promise<object>) => Promise<object>;

/** Passes every call of the store's client through `intercept`, until the result is called. */
export const interceptCalls = (intercept: Interceptor): (() => void) => {
  const client = dynamo();
  const send = client.send.bind(client);
  const intercepted: unknown = (command: Parameters<typeof send>[0]) =>
    intercept({ name: command.constructor.name, input: command.input }, () => send(command));
  Object.assign(client, { send: intercepted });
  return () => void Object.assign(client, { send });
};
