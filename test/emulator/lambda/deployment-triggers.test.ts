import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { clientAs, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();

describe("deployment trigger", () => {
  it("runs before the stack is ready", async () => {
    const client = new SecretsManagerClient(clientAs(stack()));
    const SecretId = stack().outputs["data.EmptySecret"];
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    expect(SecretString).toBe("made by the trigger");
  });

  it("stops the start with its error when it fails", async () => {
    const start = startFixtureStack({
      alter: ({ service }) => {
        const definition = service.Resources["Trigger"];
        if (definition) definition.Properties["Environment"] = { Variables: { FAILS: "yes" } };
      },
    });
    await expect(start).rejects.toThrow("The deployment trigger AtDeployment failed: Error: no keys today");
  });
});
