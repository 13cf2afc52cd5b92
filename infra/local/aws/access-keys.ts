// The emulators check no signature, so here the id of an access key is the secret.
import { randomBytes } from "node:crypto";
import { region } from "./local-account.ts";

export const newAccessKeyId = (): string => `LOCAL${randomBytes(16).toString("hex").toUpperCase()}`;

export const authorizationHeader = (accessKeyId: string, service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`;

/** Engines require the header `x-amz-date`, but do not check it. */
export const uncheckedDate = "20260101T000000Z";

const credential = /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//;

export const readAuthorization = (header: string | undefined): { accessKeyId: string; service: string } => {
  const [, accessKeyId = "", service = "unknown"] = credential.exec(header ?? "") ?? [];
  return { accessKeyId, service };
};
