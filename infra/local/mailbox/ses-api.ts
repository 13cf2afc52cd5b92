// Sends over SES v1's Query protocol (form in, XML out), and changes the account's suppression list
// over SES v2 (JSON).
import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Templates } from "../cloudformation/templates.ts";
import { type ServiceAnswer, ServiceError } from "../aws/service-error.ts";
import { bareAddress, configurationSetIn, isDeliverable, rawMessageIn } from "./addresses.ts";
import { loadConfigurationSets } from "./configuration-sets.ts";
import {
  complaint,
  eventOf,
  hardBounce,
  isSimulator,
  onAccountList,
  simulatedFeedback,
  type Feedback,
  type SesEvent,
} from "./feedback-events.ts";
import { messageId, readTags, type Mailbox, type StoredEmail, type Tag } from "./mailbox-files.ts";
import { composeMessage, headerIn, readMessage } from "./raw-message.ts";
import { openSuppressionList } from "./suppression-list.ts";

export type Ses = {
  send: (form: URLSearchParams, requestId: string) => Promise<ServiceAnswer>;
  changeSuppression: (operation: string, parameters: unknown, requestId: string) => ServiceAnswer;
  /** Reports a letter that has arrived. Returns false if there is no such letter. */
  report: (id: string, what: "bounce" | "complaint") => boolean;
};

const invalid = (message: string) => new ServiceError("InvalidParameterValue", message);

const membersOf = (form: URLSearchParams, prefix: string): string[] =>
  [...form].flatMap(([name, value]) => (name.startsWith(`${prefix}.member.`) ? [value] : []));

const tagsIn = (form: URLSearchParams, raw: Buffer | undefined): Tag[] => {
  const tags = [...form].flatMap(([name, Name]) => {
    const [, number] = /^Tags\.member\.(\d+)\.Name$/.exec(name) ?? [];
    return number === undefined ? [] : [{ Name, Value: form.get(`Tags.member.${number}.Value`) ?? "" }];
  });
  for (const { Name, Value } of tags)
    if (!/^[\w-]{1,256}$/.test(Name) || !/^[\w.@-]{1,256}$/.test(Value))
      throw invalid(`Invalid message tag: ${Name}`);
  return tags.length > 0 || raw === undefined ? tags : readTags(headerIn(raw, "X-SES-MESSAGE-TAGS") ?? "");
};

type Draft = { from: string; to: string[]; raw: Buffer };

const draftOf = async (form: URLSearchParams): Promise<Draft> => {
  const raw = rawMessageIn(form);
  if (form.get("Action") === "SendRawEmail" && raw !== undefined) {
    const to = membersOf(form, "Destinations");
    const from = headerIn(raw, "From") || (form.get("Source") ?? "");
    return { raw, from, to: to.length > 0 ? to : (await readMessage(raw)).to };
  }
  if (form.get("Action") !== "SendEmail")
    throw new ServiceError("InvalidAction", `${form.get("Action")} is not supported locally`);
  const lists = ["ToAddresses", "CcAddresses", "BccAddresses"];
  const to = lists.flatMap((list) => membersOf(form, `Destination.${list}`));
  const from = form.get("Source") ?? "";
  const content = {
    from,
    to,
    subject: form.get("Message.Subject.Data") ?? "",
    text: form.get("Message.Body.Text.Data") ?? undefined,
    html: form.get("Message.Body.Html.Data") ?? undefined,
  };
  return { raw: await composeMessage(content), from, to };
};

const sentAnswer = (action: string, id: string, requestId: string): ServiceAnswer => ({
  status: 200,
  headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
  body: `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><${action}Result><MessageId>${id}</MessageId></${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
});

const suppressedSchema = z.object({
  EmailAddress: z.string(),
  Reason: z.enum(["BOUNCE", "COMPLAINT"]).optional(),
});

export const createSes = (
  templates: Templates,
  {
    mailbox,
    dataDirectory,
    publish,
  }: { mailbox: Mailbox; dataDirectory: string; publish: (event: SesEvent) => void },
): Ses => {
  const sets = loadConfigurationSets(templates);
  const suppression = openSuppressionList(dataDirectory);

  const setOf = (email: Pick<StoredEmail, "configurationSet">) => sets.get(email.configurationSet ?? "");

  const reportTo = (email: StoredEmail, recipient: string, feedback: Feedback): void => {
    const set = setOf(email);
    const isListed = feedback.event === "bounce" && feedback.subType !== "General";
    const isSoft = feedback.event === "bounce" && feedback.type !== "Permanent";
    // The simulator's addresses are never put on the list.
    if (!isListed && !isSoft && !isSimulator(recipient)) {
      const reason = feedback.event === "bounce" ? "BOUNCE" : "COMPLAINT";
      suppression.add(recipient, reason, set?.suppressedReasons);
    }
    if (set?.events.has(feedback.event)) publish(eventOf(email, recipient, feedback));
  };

  return {
    send: async (form, requestId) => {
      const { from, to, raw } = await draftOf(form);
      if (to.length === 0) throw invalid("Missing required header 'To'.");
      for (const address of [from, ...to].map(bareAddress))
        if (!isDeliverable(address)) throw invalid("Local address contains control or whitespace");
      const configurationSet = configurationSetIn(form);
      const set = setOf({ configurationSet });
      if (configurationSet !== undefined && set === undefined)
        throw new ServiceError(
          "ConfigurationSetDoesNotExist",
          `Configuration set <${configurationSet}> does not exist.`,
        );
      const id = messageId(new Date(), randomBytes(12).toString("hex"));
      const email = await mailbox.add(id, raw, { to, configurationSet, tags: tagsIn(form, raw) });
      const suppressed = to.filter((address) =>
        suppression.bars(bareAddress(address), set?.suppressedReasons),
      );
      if (suppressed.length === to.length) mailbox.clear(id);
      for (const recipient of to.map(bareAddress)) {
        const feedback = suppressed.some((address) => bareAddress(address) === recipient)
          ? onAccountList
          : simulatedFeedback(recipient);
        if (feedback !== undefined) reportTo(email, recipient, feedback);
      }
      return sentAnswer(form.get("Action") ?? "", id, requestId);
    },

    changeSuppression: (operation, parameters, requestId) => {
      const { EmailAddress, Reason } = suppressedSchema.parse(parameters);
      if (operation === "PutSuppressedDestination" && Reason) suppression.add(EmailAddress, Reason);
      else if (operation !== "DeleteSuppressedDestination")
        throw new ServiceError("UnknownOperationException", `${operation} is not supported locally`);
      else if (!suppression.remove(EmailAddress))
        throw new ServiceError(
          "NotFoundException",
          `Email address ${EmailAddress} does not exist on your suppression list.`,
          { status: 404 },
        );
      const headers = { "content-type": "application/json", "x-amzn-requestid": requestId };
      return { status: 200, headers, body: "{}" };
    },

    report: (id, what) => {
      const email = mailbox.list().find((one) => one.id === id);
      if (email === undefined) return false;
      const feedback = what === "bounce" ? hardBounce : complaint;
      for (const recipient of email.to.map(bareAddress)) reportTo(email, recipient, feedback);
      return true;
    },
  };
};
