// Says which operator did what, to whom. The intent is written before the act, so a command that
// can't be logged changes nothing.
import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { ScriptName } from "../infra/command-line/usages.ts";
import { isAddress } from "../shared/identity/email-address.ts";
import { pseudonyms } from "../shared/identity/pseudonyms.ts";
import { causeBy, describeError } from "../shared/platform/logger.ts";
import { outputOf, type Target } from "./target.ts";

/** Ids and counts only, so that the log has no address or name. */
type About = {
  act?: string;
  userIds?: readonly string[];
  counts?: Readonly<Record<string, number>>;
};
type Came = About & { outcome?: string };

type OperatorLog = {
  /** Runs `act` between two lines: what it is about to do, and what came of it. */
  acting: <Result>(
    intent: About,
    act: () => Promise<Result>,
    came?: (result: Result) => Came,
  ) => Promise<Result>;
};

/** With IAM Identity Center, the session's name is the address of the person. */
export const actorOf = async (
  arn: string,
  ofAddress: (address: string) => Promise<string> = pseudonyms.ofAddress,
): Promise<string> => {
  const masked = arn.split("/").map(async (part) => {
    if (!part.includes("@")) return part;
    return isAddress(part) ? `address-${await ofAddress(part)}` : "address";
  });
  return (await Promise.all(masked)).join("/");
};

const openStream = async (logGroupName: string, commandId: string) => {
  const { Arn = "" } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  const actor = await actorOf(Arn);
  const client = new CloudWatchLogsClient({});
  const stream = { logGroupName, logStreamName: `${new Date().toISOString().slice(0, 10)}/${commandId}` };
  await client.send(new CreateLogStreamCommand(stream));
  return async (line: object): Promise<void> => {
    const now = new Date();
    const message = JSON.stringify({ timestamp: now.toISOString(), event: "operator", actor, ...line });
    const logEvents = [{ timestamp: now.getTime(), message }];
    const { rejectedLogEventsInfo } = await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
    if (rejectedLogEventsInfo) throw new Error("this machine's clock is wrong");
  };
};

export const operatorLog = (target: Target, command: ScriptName): OperatorLog => {
  const group = outputOf(target, "OperatorLog");
  const commandId = randomUUID();
  // Orders of letters name the command, as those of a call name its request.
  causeBy(commandId);
  let stream: ReturnType<typeof openStream> | undefined;

  const write = async (line: Came & { phase: "intent" | "outcome"; error?: string }): Promise<void> => {
    const put = await (stream ??= openStream(group, commandId));
    await put({ command, commandId, ...line });
  };
  const because = (error: unknown): string => {
    const { name, message } = describeError(error);
    return `${name}: ${message}. Writing to ${group} needs logs:CreateLogStream and logs:PutLogEvents.`;
  };

  return {
    acting: async (intent, act, came = () => ({})) => {
      await write({ phase: "intent", ...intent }).catch((error: unknown) => {
        throw new Error(`Nothing was done, because the operators' log can't be written. ${because(error)}`, {
          cause: error,
        });
      });
      const ended = async (line: Came & { error?: string }) =>
        write({ phase: "outcome", ...intent, ...line });
      let result: Awaited<ReturnType<typeof act>>;
      try {
        result = await act();
      } catch (error) {
        await ended({ outcome: "failed", error: describeError(error).name }).catch(() => {});
        throw error;
      }
      await ended({ outcome: "done", ...came(result) }).catch((error: unknown) => {
        throw new Error(`It was done, but the operators' log doesn't say so. ${because(error)}`, {
          cause: error,
        });
      });
      return result;
    },
  };
};
