// The stage's own bus of EventBridge. Owners add rules to it in stacks of their own.
import { ArnFormat, type Stack } from "aws-cdk-lib";
import { CfnEventBusPolicy, EventBus } from "aws-cdk-lib/aws-events";
import { Effect, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import { eventBusName, rolePath } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";

/** By name, so that no stack must import it. */
export const busArn = (stack: Stack, { STAGE }: Settings): string =>
  stack.formatArn({ service: "events", resource: "event-bus", resourceName: eventBusName(STAGE) });

/** A deny also holds for administrators of the account. Roles are named by their paths. */
const onlyEvents = (stack: Stack, settings: Settings): PolicyStatement => {
  const resource = `role${rolePath(settings.STAGE, "events")}*`;
  return new PolicyStatement({
    sid: "OnlyEvents",
    effect: Effect.DENY,
    principals: [new StarPrincipal()],
    actions: ["events:PutEvents"],
    resources: [busArn(stack, settings)],
    conditions: {
      ArnNotLike: {
        "aws:PrincipalArn": stack.formatArn({
          service: "iam",
          region: "",
          resource,
          arnFormat: ArnFormat.NO_RESOURCE_NAME,
        }),
      },
    },
  });
};

export const createEventBus = (stack: Stack, settings: Settings): EventBus => {
  const bus = new EventBus(stack, "EventBus", {
    eventBusName: eventBusName(settings.STAGE),
    description: "What happens to accounts",
  });
  new CfnEventBusPolicy(stack, "EventBusPolicy", {
    eventBusName: bus.eventBusName,
    statementId: "OnlyEvents",
    statement: onlyEvents(stack, settings).toStatementJson(),
  });
  return bus;
};
