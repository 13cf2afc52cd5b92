import { createHash } from "node:crypto";
import { accountId, arn, constructName } from "../aws/local-account.ts";

export type Identity = { ref: string; attributes: Record<string, string> };
type Named = {
  stackName: string;
  logicalId: string;
  type: string;
  properties: () => Record<string, unknown>;
};

const emailIdentity = (name: string): Identity => ({
  ref: name,
  attributes: Object.fromEntries(
    [1, 2, 3].flatMap((index) => [
      [`DkimDNSTokenName${index}`, `token${index}._domainkey.${name}`],
      [`DkimDNSTokenValue${index}`, `token${index}.dkim.amazonses.com`],
    ]),
  ),
});

export const identifyResource = (
  { stackName, logicalId, type, properties }: Named,
  awsEndpointUrl: string,
): Identity => {
  const named = (property: string): string => {
    const given = properties()[property];
    return typeof given === "string" ? given : `${stackName}-${constructName(logicalId)}`;
  };
  const byName = (property: string, service: string, prefix = ""): Identity => {
    const name = named(property);
    return { ref: name, attributes: { Arn: arn(service, `${prefix}${name}`) } };
  };
  const plain = (ref: string): Identity => ({ ref, attributes: {} });

  switch (type) {
    case "AWS::DynamoDB::Table":
    case "AWS::DynamoDB::GlobalTable": {
      const { ref, attributes } = byName("TableName", "dynamodb", "table/");
      if (properties()["StreamSpecification"] === undefined) return { ref, attributes };
      // The engine chooses a stream's label, which no template can know.
      return { ref, attributes: { ...attributes, StreamArn: `${attributes["Arn"]}/stream/local` } };
    }
    case "AWS::Events::EventBus": {
      const bus = byName("Name", "events", "event-bus/");
      return { ref: bus.ref, attributes: { ...bus.attributes, Name: bus.ref } };
    }
    case "AWS::SQS::Queue": {
      const isFifo = properties()["FifoQueue"] === true;
      const given = named("QueueName");
      const name = isFifo && !given.endsWith(".fifo") ? `${given}.fifo` : given;
      const url = `${awsEndpointUrl}/${accountId}/${name}`;
      return { ref: url, attributes: { Arn: arn("sqs", name), QueueName: name, QueueUrl: url } };
    }
    case "AWS::SecretsManager::Secret": {
      const name = named("Name");
      const suffix = createHash("sha256").update(name).digest("hex").slice(0, 6);
      const secretArn = arn("secretsmanager", `secret:${name}-${suffix}`);
      return { ref: secretArn, attributes: { Id: secretArn } };
    }
    case "AWS::Lambda::Function":
      return byName("FunctionName", "lambda", "function:");
    case "AWS::Lambda::Version": {
      const version = `${String(properties()["FunctionName"])}:1`;
      return plain(version.startsWith("arn:") ? version : arn("lambda", `function:${version}`));
    }
    case "AWS::Lambda::Alias": {
      const alias = `${String(properties()["FunctionName"])}:${String(properties()["Name"])}`;
      return plain(alias.startsWith("arn:") ? alias : arn("lambda", `function:${alias}`));
    }
    case "AWS::IAM::Role": {
      const { Path = "/" } = properties();
      return byName("RoleName", "iam", `role${String(Path)}`);
    }
    case "AWS::IAM::ManagedPolicy":
      return plain(arn("iam", `policy/${named("ManagedPolicyName")}`));
    case "AWS::Logs::LogGroup":
      return byName("LogGroupName", "logs", "log-group:");
    case "AWS::SNS::Topic":
      return plain(arn("sns", named("TopicName")));
    case "AWS::ApiGateway::RestApi": {
      const id = createHash("sha256").update(`${stackName}/${logicalId}`).digest("hex").slice(0, 10);
      return { ref: id, attributes: { RootResourceId: `${id}-root`, RestApiId: id } };
    }
    case "AWS::ApiGateway::DomainName": {
      const name = String(properties()["DomainName"]);
      return { ref: name, attributes: { RegionalDomainName: `${name}.invalid`, RegionalHostedZoneId: "Z" } };
    }
    case "AWS::ApiGateway::Stage":
      return plain(String(properties()["StageName"]));
    case "AWS::ApiGateway::Resource":
    case "AWS::ApiGateway::Deployment":
      return { ref: logicalId, attributes: { ResourceId: logicalId, DeploymentId: logicalId } };
    case "AWS::Events::Rule":
      return byName("Name", "events", "rule/");
    case "AWS::SES::EmailIdentity":
      return emailIdentity(String(properties()["EmailIdentity"]));
    case "AWS::SES::ConfigurationSet":
      return plain(named("Name"));
    default:
      throw new Error(`${stackName}: Ref of ${logicalId} (${type}) is not supported locally`);
  }
};
