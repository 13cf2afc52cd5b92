import { headerIn } from "./raw-message.ts";

export const bareAddress = (source: string): string => /<([^<>]+)>\s*$/.exec(source)?.[1] ?? source.trim();

export const isDeliverable = (address: string): boolean => /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(address);

export const rawMessageIn = (form: URLSearchParams): Buffer | undefined => {
  const data = form.get("RawMessage.Data");
  return data === null ? undefined : Buffer.from(data, "base64");
};

/** Both the sender in the call and the one in the message must be allowed. */
export const sendersIn = (form: URLSearchParams): string[] => {
  const raw = rawMessageIn(form);
  const given = [form.get("Source"), raw && headerIn(raw, "From")];
  return [...new Set(given.flatMap((source) => (source ? [bareAddress(source)] : [])))];
};

export const configurationSetIn = (form: URLSearchParams): string | undefined => {
  const raw = rawMessageIn(form);
  return form.get("ConfigurationSetName") ?? (raw && headerIn(raw, "X-SES-CONFIGURATION-SET"));
};
