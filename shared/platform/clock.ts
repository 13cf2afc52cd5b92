/** Returns epoch seconds, the unit of JWT claims (RFC 7519) and DynamoDB's TTL. */
export type Clock = () => number;

export const nowSeconds: Clock = () => Math.floor(Date.now() / 1000);

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

export const isoTime = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
