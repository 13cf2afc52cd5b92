import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const client = () => new SecretsManagerClient(clientAs(stack()));
const random = () => stack().outputs["data.RandomSecret"];
const read = async (options: { VersionStage?: string; VersionId?: string } = {}) =>
  (await client().send(new GetSecretValueCommand({ SecretId: random(), ...options }))).SecretString;
const put = (SecretString: string, options: { ClientRequestToken?: string; VersionStages?: string[] } = {}) =>
  client().send(new PutSecretValueCommand({ SecretId: random(), SecretString, ...options }));

describe("secret version", () => {
  it("is written once per token, and never with another value", async () => {
    const ClientRequestToken = randomUUID();
    const first = await put("a", { ClientRequestToken });
    expect(first.VersionId).toBe(ClientRequestToken);
    await put("a", { ClientRequestToken });
    await expect(put("b", { ClientRequestToken })).rejects.toMatchObject({ name: "ResourceExistsException" });
    expect(await read()).toBe("a");
  });

  it("becomes current, and the former one stays readable as previous", async () => {
    await put("old");
    await put("new");
    expect(await read()).toBe("new");
    expect(await read({ VersionStage: "AWSPREVIOUS" })).toBe("old");
  });

  it("can wait as pending until it is promoted, as in rotations", async () => {
    await put("current");
    const current = (await client().send(new GetSecretValueCommand({ SecretId: random() }))).VersionId;
    const pending = randomUUID();
    await put("pending", { ClientRequestToken: pending, VersionStages: ["AWSPENDING"] });
    expect(await read()).toBe("current");
    expect(await read({ VersionStage: "AWSPENDING", VersionId: pending })).toBe("pending");

    const move = { SecretId: random(), VersionStage: "AWSCURRENT", MoveToVersionId: pending };
    await expect(client().send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await client().send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: current }));
    expect(await read()).toBe("pending");
    expect(await read({ VersionStage: "AWSPREVIOUS" })).toBe("current");
    const { VersionIdsToStages } = await client().send(new DescribeSecretCommand({ SecretId: random() }));
    expect(VersionIdsToStages?.[pending]?.toSorted()).toEqual(["AWSCURRENT", "AWSPENDING"]);
  });
});

it("a missing secret or version is reported as AWS reports it", async () => {
  await expect(client().send(new GetSecretValueCommand({ SecretId: "nothing" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret.",
  });
  await expect(read({ VersionStage: "AWSPENDING", VersionId: randomUUID() })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

it("secret values are stored in a file that only its owner reads", () => {
  const { mode } = statSync(path.join(stack().dataDirectory, "secrets.json"));
  expect(mode & 0o777).toBe(0o600);
});
