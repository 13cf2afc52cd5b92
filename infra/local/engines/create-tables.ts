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
  StreamSpecification: z
    .strictObject({ StreamViewType: z.string() })
    .transform(({ StreamViewType }) => ({ StreamEnabled: true, StreamViewType }))
    .optional(),
});
const described = z.object({
  Table: z.object({ StreamSpecification: z.object({ StreamEnabled: z.boolean() }).optional() }),
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

  /** Of a table that an earlier version made. A second time would begin a new stream. */
  const addStream = async (TableName: string, { StreamSpecification }: z.output<typeof tableSchema>) => {
    if (StreamSpecification === undefined) return;
    const { Table } = described.parse(await call("DescribeTable", { TableName }));
    if (Table.StreamSpecification?.StreamEnabled) return;
    await call("UpdateTable", { TableName, StreamSpecification });
  };

  await Promise.all(
    templates.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").map(async (table) => {
      const { ref } = table.identity();
      const properties = tableSchema.parse(table.properties());
      try {
        await create(ref, properties);
      } catch (error) {
        if (!(error instanceof AwsRequestError && error.code === "ResourceInUseException")) throw error;
        await addStream(ref, properties);
      }
    }),
  );
};
