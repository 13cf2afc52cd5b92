import * as z from "zod";
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, { status = 400, fields = {} } = {}) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

export type ServiceAnswer = { status: number; headers: Record<string, string>; body: string };

const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

const namespaces: Record<string, string> = {
  dynamodb: "com.amazonaws.dynamodb.v20120810#",
  sqs: "com.amazonaws.sqs#",
};

const xmlNamespaces: Record<string, string> = {
  ses: "http://ses.amazonaws.com/doc/2010-12-01/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/** Services differ in the spelling of `message`, and clients read both. */
export const errorAnswer = (service: string, requestId: string, error: ServiceError): ServiceAnswer =>
  xmlNamespaces[service] !== undefined
    ? {
        status: error.status,
        headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
        body: `<ErrorResponse xmlns="${xmlNamespaces[service]}"><Error><Type>Sender</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      }
    : {
        status: error.status,
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amzn-requestid": requestId,
          // REST protocols name the error here.
          "x-amzn-errortype": error.code,
        },
        body: JSON.stringify({
          __type: `${namespaces[service] ?? ""}${error.code}`,
          message: error.message,
          Message: error.message,
          ...error.fields,
        }),
      };

export const asServiceError = (error: unknown): ServiceError => {
  if (error instanceof ServiceError) return error;
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new ServiceError("ValidationException", error.message);
  }
  return new ServiceError("InternalFailure", error instanceof Error ? error.message : String(error), {
    status: 500,
  });
};
