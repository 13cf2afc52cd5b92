import { shownUser } from "../shared/accounts/user-fields.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";

export const getMe = async ({ user }: UserCall<typeof contract.getMe>) => shownUser(user);

export const handler = await userEndpoint(contract.getMe, getMe, () => ({}));
