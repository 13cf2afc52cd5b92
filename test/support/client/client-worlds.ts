// Clients on the fake service: people who are signed in, pages that open and close.
import { expect } from "vitest";
import { createClient, webStorage, type Client, type Storage } from "../../../client/create-client.ts";
import { claimsOf, emailOf, goodCode, type FakeService } from "./fake-service.ts";
import { settled } from "./fake-time.ts";
import { WebStore } from "./test-stores.ts";

export const baseUrl = "https://auth.example.com";

export const clientOn = (storage: Storage): Client => createClient({ baseUrl, storage });

export const signIn = async (client: Client, person: string): Promise<void> => {
  const { error } = await settled(client.createToken({ email: emailOf(person), otp_code: goodCode }));
  expect(error).toBeNull();
};

/** A page with a person who has just signed in. */
export const signedInPage = async (person = "ada", store = new WebStore()) => {
  const client = clientOn(webStorage(store));
  await signIn(client, person);
  return { client, store, storage: webStorage(store) };
};

/** What is stored of the session, which no test may write in another form. */
export const storedPair = (store: WebStore): { access: string; refresh: string } | undefined => {
  const { access, refresh } = JSON.parse(store.session ?? "{}");
  return refresh === undefined ? undefined : { access, refresh };
};

export const storedSessionId = (store: WebStore): string | undefined => {
  const pair = storedPair(store);
  return pair && claimsOf(pair.refresh).sid;
};

/** A session that the service has ended, as a test of many starts with it. */
export const endAtService = (service: FakeService): void => {
  for (const session of service.live()) session.endedBy = "test";
};

export const codeOf = ({ error }: { error: { code: string } | null }): string | null => error && error.code;
