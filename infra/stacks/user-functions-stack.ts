/** The operations that are not for staff, and the functions behind pages, letters and keys. */
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import { FunctionsStack, userOperations, type FunctionsStackProps } from "./functions-stack.ts";
import { createKeysAtDeployment, rotateKeysOnSchedule } from "./key-lifecycle.ts";

/** The least that AWS allows: letters leave well below SES's rate. */
const mailerConcurrency = 2;

export class UserFunctionsStack extends FunctionsStack {
  constructor(scope: Construct, id: string, props: FunctionsStackProps) {
    super(scope, id, { ...props, operations: userOperations });
    const { settings, stateful } = props;
    this.addFunction("pages");
    this.addFunction("mailer").addEventSource(
      new SqsEventSource(stateful.mailQueue, {
        batchSize: 10,
        maxConcurrency: mailerConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    const keysMade = createKeysAtDeployment(this, this.addFunction("createKeys"), settings);
    const rotation = rotateKeysOnSchedule(this, this.addFunction("rotateKeys"), stateful, settings);
    // Making a schedule makes Secrets Manager try the function, which needs something to rotate.
    rotation.node.addDependency(keysMade);
  }
}
