// STS, of which operators' commands ask only who they are.
import { accountId, arn } from "../aws/local-account.ts";
import { ServiceError, type ServiceAnswer } from "../aws/service-error.ts";

type Caller = { name: string; role?: string };

/** Functions have a role. The runner, and so the operator, is a user with all rights. */
export const callerArn = ({ name, role }: Caller): string =>
  role === undefined
    ? arn("iam", `user/${name}`)
    : arn("sts", `assumed-role/${role.slice(role.lastIndexOf("/") + 1)}/${name}`);

export const callerIdentity = (operation: string, caller: Caller, requestId: string): ServiceAnswer => {
  if (operation !== "GetCallerIdentity")
    throw new ServiceError("InvalidAction", `${operation} is not supported locally`);
  const result = `<Arn>${callerArn(caller)}</Arn><UserId>LOCAL:${caller.name}</UserId><Account>${accountId}</Account>`;
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  };
};
