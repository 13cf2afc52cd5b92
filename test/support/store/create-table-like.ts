import { CreateTableCommand, DescribeTableCommand, type Projection } from "@aws-sdk/client-dynamodb";
import { documents } from "./documents.ts";

/** Creates an empty table with another's keys and indexes, with a new projection if asked. */
export const createTableLike = async (from: string, to: string, projection?: Projection): Promise<void> => {
  const { Table } = await documents().send(new DescribeTableCommand({ TableName: from }));
  await documents().send(
    new CreateTableCommand({
      TableName: to,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: Table?.KeySchema,
      AttributeDefinitions: Table?.AttributeDefinitions,
      GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection: projection ?? Projection,
      })),
    }),
  );
};
