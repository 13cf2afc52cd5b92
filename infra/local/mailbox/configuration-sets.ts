import * as z from "zod";
import type { Templates } from "../cloudformation/templates.ts";

export type Reason = "BOUNCE" | "COMPLAINT";
export type ConfigurationSet = {
  /** Undefined if the account's list decides. */
  suppressedReasons: readonly Reason[] | undefined;
  /** What an enabled destination on the default event bus gets, in lower case. */
  events: ReadonlySet<string>;
};

// Options that are not listed here, such as tracking of clicks, would change letters.
const setSchema = z.strictObject({
  Name: z.string().optional(),
  SuppressionOptions: z
    .strictObject({ SuppressedReasons: z.array(z.enum(["BOUNCE", "COMPLAINT"])).optional() })
    .default({}),
  ReputationOptions: z.strictObject({ ReputationMetricsEnabled: z.boolean() }).optional(),
  SendingOptions: z.strictObject({ SendingEnabled: z.literal(true) }).optional(),
});
const destinationSchema = z.strictObject({
  ConfigurationSetName: z.string(),
  EventDestination: z.strictObject({
    Name: z.string().optional(),
    Enabled: z.boolean().default(false),
    MatchingEventTypes: z.array(z.string().toLowerCase()),
    EventBridgeDestination: z.strictObject({ EventBusArn: z.string().endsWith(":event-bus/default") }),
  }),
});

export const loadConfigurationSets = (templates: Templates): ReadonlyMap<string, ConfigurationSet> => {
  const destinations = templates
    .ofType("AWS::SES::ConfigurationSetEventDestination")
    .map((destination) => destinationSchema.parse(destination.properties()));
  return new Map(
    templates.ofType("AWS::SES::ConfigurationSet").map((resource) => {
      const { SuppressionOptions } = setSchema.parse(resource.properties());
      const { ref: name } = resource.identity();
      const events = destinations
        .filter(({ ConfigurationSetName }) => ConfigurationSetName === name)
        .filter(({ EventDestination }) => EventDestination.Enabled)
        .flatMap(({ EventDestination }) => EventDestination.MatchingEventTypes);
      return [name, { suppressedReasons: SuppressionOptions.SuppressedReasons, events: new Set(events) }];
    }),
  );
};
