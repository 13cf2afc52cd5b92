import { newAccessKeyId } from "../aws/access-keys.ts";
import type { Principal } from "./authorise.ts";

/** Each run gives its principals new access keys, so no page can know one beforehand. */
export const createPrincipals = () => {
  const byAccessKey = new Map<string, Principal>();
  return {
    admit: (principal: Principal): string => {
      const accessKeyId = newAccessKeyId();
      byAccessKey.set(accessKeyId, principal);
      return accessKeyId;
    },
    accessKeyIdOf: (name: string): string | undefined =>
      [...byAccessKey].find(([, principal]) => principal.name === name)?.[0],
    principalOf: (accessKeyId: string): Principal | undefined => byAccessKey.get(accessKeyId),
  };
};
