// The CDK application of the mailbox for `npm run test:stage`. To deploy it:
// `npx cdk deploy --app "node test/tools/stage/app.ts --domain letters.example.com"`
import { parseArgs } from "node:util";
import { App } from "aws-cdk-lib";
import { MailboxStack } from "./mailbox-stack.ts";

const { domain } = parseArgs({ options: { domain: { type: "string" } } }).values;
if (domain === undefined) throw new Error("--domain is missing");
new MailboxStack(new App({ analyticsReporting: false }), "Mailbox", {
  stackName: "lit-auth-test-mailbox",
  domain,
});
