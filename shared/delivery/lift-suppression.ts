import { DeleteSuppressedDestinationCommand, NotFoundException, SESv2Client } from "@aws-sdk/client-sesv2";
import { deliverableAddress } from "../identity/email-address.ts";
import { lean, leanOptions } from "../platform/aws-client.ts";
import { prepared } from "../platform/lazy.ts";

const client = prepared(() => lean(new SESv2Client(leanOptions)));

const remove = async (EmailAddress: string): Promise<void> => {
  try {
    await client().send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
};

/** SES lists an address as the letter to it spelled it, or as someone has typed it there. */
export const liftSuppression = async (email: string): Promise<void> => {
  const address = deliverableAddress(email) ?? email;
  for (const spelling of new Set([address, address.toLowerCase()])) await remove(spelling);
};
