// List prices of us-east-1, as of 2026-11-26.
const dollarsPerGigabyteSecond = 0.000_013_333_4; // Lambda on arm64
const megabytesPerGigabyte = 1_024;

/** Of the duration only. A million requests cost 0.20 USD more at any size. */
export const dollarsPerMillion = (billedMilliseconds: number, memoryMegabytes: number): number =>
  (1e6 * (billedMilliseconds / 1000) * memoryMegabytes * dollarsPerGigabyteSecond) / megabytesPerGigabyte;
