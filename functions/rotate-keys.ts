import { promote, putPending, readCurrent, readPending } from "../shared/keys/key-ring-store.ts";
import {
  digestKeyRotation,
  parseRotationEvent,
  signingKeyRotation,
  type Rotation,
} from "../shared/keys/ring-rotation.ts";
import { nowSeconds } from "../shared/platform/clock.ts";
import { environment } from "../shared/platform/environment.ts";

// A function may sign with a key that it has cached for five minutes, and clocks differ.
const marginSeconds = 900;

const rotationOf = (secretId: string): Rotation => {
  const settings = environment(
    "DIGEST_SECRET_ID",
    "SIGNING_KEYS_ID",
    "VERIFICATION_KEYS_ID",
    "SESSION_IDLE_SECONDS",
    "ACCESS_TOKEN_LIFETIME_SECONDS",
  );
  if (secretId === settings.DIGEST_SECRET_ID) return digestKeyRotation;
  if (secretId !== settings.SIGNING_KEYS_ID)
    throw new Error(`${secretId} is not a secret that this function rotates`);
  const longest = Math.max(settings.SESSION_IDLE_SECONDS, settings.ACCESS_TOKEN_LIFETIME_SECONDS);
  return signingKeyRotation({
    verificationKeysId: settings.VERIFICATION_KEYS_ID,
    longestTokenLifetimeSeconds: longest + marginSeconds,
    nowSeconds,
  });
};

/** Secrets Manager may repeat each of the four steps, so all of them are idempotent. */
export const handler = async (event: unknown): Promise<void> => {
  const { SecretId: secretId, ClientRequestToken: versionId, Step: step } = parseRotationEvent(event);
  const rotation = rotationOf(secretId);
  const [pending, current] = await Promise.all([readPending(secretId, versionId), readCurrent(secretId)]);
  // After `finishSecret`, a repeated step finds its version as the current one.
  if (pending !== undefined && pending !== current && !rotation.follows(pending, current))
    throw new Error("the secret was replaced since this rotation began");
  switch (step) {
    case "createSecret":
      if (pending === undefined) await putPending(secretId, versionId, await rotation.advance(current));
      return;
    case "setSecret":
      if (pending === undefined) throw new Error("there is no pending version to publish");
      return rotation.publish(pending, versionId);
    case "testSecret":
      // AWS also calls this step alone, without a pending version, when a schedule is created.
      if (pending !== undefined) await rotation.test(pending);
      return;
    case "finishSecret":
      return promote(secretId, versionId);
  }
};
