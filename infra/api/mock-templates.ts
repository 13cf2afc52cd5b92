// API Gateway chooses the template of a mock by the content type of the request, and no template is
// for all types. With other types it answers 415, or 500 unless it is told to pass no body through.
import { PassthroughBehavior } from "aws-cdk-lib/aws-apigateway";

const contentTypes = [
  "application: json x-www-form-urlencoded xml octet-stream javascript pdf zip gzip graphql",
  "application: ld+json problem+json json-patch+json merge-patch+json vnd.api+json x-ndjson",
  "application: yaml x-yaml cbor msgpack x-protobuf grpc soap+xml xhtml+xml csp-report reports+json jwt",
  "multipart: form-data mixed",
  "text: plain html xml css csv javascript markdown event-stream",
  "image: png jpeg gif webp svg+xml",
  "audio: mpeg",
  "video: mp4",
].flatMap((line) => {
  const [type, subtypes = ""] = line.split(": ");
  return subtypes.split(" ").map((subtype) => `${type}/${subtype}`);
});

/** Makes a mock answer with this status to all of these types. */
export const alwaysAnswer = (statusCode: number) => ({
  passthroughBehavior: PassthroughBehavior.NEVER,
  requestTemplates: Object.fromEntries(
    contentTypes.map((contentType) => [contentType, JSON.stringify({ statusCode })]),
  ),
});
