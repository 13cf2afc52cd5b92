// Sessions that began some time ago, by the clock of the service.
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { tokenSigner } from "../../../shared/sessions/tokens.ts";
import { presetAccount } from "../presets/presets.ts";
import { documents } from "../store/documents.ts";

type Known = { id: string; email: string };

export const sessionSince = async (secondsAgo: number, stack: { folder: string }, known?: Known) => {
  const { id, email } = known ?? (await presetAccount(stack));
  const then = () => nowSeconds() - secondsAgo;
  const session = await sessionStore(then).create(id, 0, "Unknown device");
  return { id, email, sessionId: session.sessionId, pair: await tokenSigner(then).pair(session) };
};

/** A session. Its first refresh token was replaced too long ago to be accepted again. */
export const renewedSession = async (stack: { folder: string }) => {
  const { pair: older, ...person } = await sessionSince(3600, stack);
  const then = () => nowSeconds() - 60;
  const [first] = await sessionStore(then).list(person.id);
  if (!first) throw new Error("no session to renew");
  const session = await sessionStore(then).rotate({ ...first, sessionCreatedAt: first.createdAt });
  if (session === "refused" || "replayed" in session) throw new Error("the session can't be renewed");
  return { ...person, older, pair: await tokenSigner().pair(session) };
};

export const sessionsOf = ({ id }: { id: string }) => sessionStore().list(id);

/** From now on, the service no longer accepts the token that the last renewal has replaced. */
export const passThirtySeconds = ({ id, sessionId }: { id: string; sessionId: string }) =>
  documents().send(
    new UpdateCommand({
      TableName: process.env["SESSIONS_TABLE"],
      Key: { userId: id, sessionId },
      UpdateExpression: "SET rotatedAt = rotatedAt - :passed",
      ConditionExpression: "attribute_exists(rotatedAt)",
      ExpressionAttributeValues: { ":passed": 30 },
    }),
  );
