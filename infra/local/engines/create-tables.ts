// Creates only missing tables, so that a restart keeps data.
import * as z from "zod";
import { awsRequest, AwsRequestError } from "../aws/aws-request.ts";
import type { Templates } from "../cloudformation/templates.ts";

type Engine = { url: string; accessKeyId: string };

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const attributeDefinition = z.object({ AttributeName: z.string(), AttributeType: z.string() });
const index = z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: z.unknown() });

const tableSchema = z.object({
  AttributeDefinitions: z.array(attributeDefinition),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

export const createTables = async (templates: Templates, engine: Engine): Promise<void> => {
  const { url, accessKeyId } = engine;
  const call = (operation: string, parameters: Record<string, unknown>) =>
    awsRequest(url, { service: "dynamodb", operation, accessKeyId }, parameters);

  const create = async (TableName: string, properties: z.output<typeof tableSchema>) => {
    const { TimeToLiveSpecification, ...definition } = properties;
    await call("CreateTable", { TableName, BillingMode: "PAY_PER_REQUEST", ...definition });
    if (TimeToLiveSpecification) await call("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
  };

  await Promise.all(
    templates.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").map(async (table) => {
      try {
        await create(table.identity().ref, tableSchema.parse(table.properties()));
      } catch (error) {
        if (!(error instanceof AwsRequestError && error.code === "ResourceInUseException")) throw error;
      }
    }),
  );
};
