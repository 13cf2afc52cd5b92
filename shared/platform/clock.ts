/** Epoch seconds: the unit of JWT claims (RFC 7519) and of DynamoDB's TTL. Passed as a dependency wherever time decides. */
export type Clock = () => number;

export const nowSeconds: Clock = () => Math.floor(Date.now() / 1000);

/** In seconds. */
export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A time on the wire. */
export const isoTime = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
