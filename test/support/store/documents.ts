// The tests' own client, which knows nothing of the lean one in shared/store/dynamo.ts.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { lazy } from "../../../shared/platform/lazy.ts";

export const documents = lazy(() => DynamoDBDocumentClient.from(new DynamoDBClient({})));
