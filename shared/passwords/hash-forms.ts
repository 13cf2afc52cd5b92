type Argon2 = { memoryKibibytes: number; passes: number; lanes: number };
type Scrypt = { blocks: number; blockSize: number; lanes: number };

/**
 * What was done to the password before it was hashed. We normalise it, Django REST framework trims
 * it, and other systems take it as typed.
 */
type Prepared = { prepared: "normalised" | "trimmed" | "as typed" };

export type HashForm = Prepared &
  (
    | ({ kind: "argon2"; phc: string } & Argon2)
    | { kind: "pbkdf2"; hash: "sha1" | "sha256"; iterations: number; salt: string; digest: Buffer }
    | ({ kind: "scrypt"; salt: string; digest: Buffer } & Scrypt)
    /** `setting` is cost and salt. With `ofDigest`, bcrypt got the password's SHA-256. */
    | { kind: "bcrypt"; cost: number; setting: string; digest: string; ofDigest: boolean }
  );

/** `none` is Django's mark for an account without a password, which needs a reset. */
type Read = HashForm | { kind: "none" } | "unknown" | "too_costly";

// Without limits, verifying an imported hash could take more than the function's 1,769 MB or ten
// seconds. Django 6.0 uses 1,200,000 iterations, or 100 MiB and two passes, or a cost of 12, or
// 16,384 blocks in five lanes.
const mostIterations = 2_000_000;
const mostMemoryKibibytes = 262_144;
const mostPasses = 16;
const mostLanes = 16;
const mostKibibytesWritten = 1_048_576;
const mostKibibytesMixed = 524_288;
const [leastCost, mostCost] = [4, 14];

const phcPattern =
  /^\$(argon2id?)\$v=19\$((?:[mtp]=\d{1,7},){2}[mtp]=\d{1,7})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;
const pbkdf2Pattern = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]{1,128})\$([A-Za-z0-9+/]{27,43}=)$/;
const scryptPattern = /^scrypt\$(\d{1,9})\$([^$]{1,128})\$(\d{1,4})\$(\d{1,4})\$([A-Za-z0-9+/]{86}==)$/;
const bcryptPattern = /^(bcrypt\$|bcrypt_sha256\$)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const nonePattern = /^![A-Za-z0-9]{0,64}$/;
const djangoArgon2 = "argon2$";

const isAffordable = ({ memoryKibibytes, passes, lanes }: Argon2): boolean =>
  lanes >= 1 &&
  lanes <= mostLanes &&
  passes >= 1 &&
  passes <= mostPasses &&
  memoryKibibytes >= 8 * lanes &&
  memoryKibibytes <= mostMemoryKibibytes &&
  memoryKibibytes * passes <= mostKibibytesWritten;

const readArgon2 = (stored: string): Read => {
  const isDjangos = stored.startsWith(djangoArgon2);
  const phc = isDjangos ? stored.slice(djangoArgon2.length - 1) : stored;
  const [, variant, parameters = ""] = phcPattern.exec(phc) ?? [];
  // Django used argon2i until 3.2. From other sources it isn't supported.
  if (variant === undefined || (variant === "argon2i" && !isDjangos)) return "unknown";
  const given = new Map(parameters.split(",").map((part) => [part[0], Number(part.slice(2))]));
  const [memoryKibibytes, passes, lanes] = [given.get("m"), given.get("t"), given.get("p")];
  if (memoryKibibytes === undefined || passes === undefined || lanes === undefined) return "unknown";
  const cost = { memoryKibibytes, passes, lanes };
  const prepared = isDjangos ? "trimmed" : "normalised";
  return isAffordable(cost) ? { kind: "argon2", phc, prepared, ...cost } : "too_costly";
};

const readPbkdf2 = (stored: string): Read => {
  const [, hash, count, salt = "", text = ""] = pbkdf2Pattern.exec(stored) ?? [];
  const [iterations, digest] = [Number(count), Buffer.from(text, "base64")];
  if (hash !== "sha1" && hash !== "sha256") return "unknown";
  if (digest.length !== (hash === "sha1" ? 20 : 32)) return "unknown";
  if (iterations < 1 || iterations > mostIterations) return "too_costly";
  return { kind: "pbkdf2", hash, iterations, salt, digest, prepared: "trimmed" };
};

const readScrypt = (stored: string): Read => {
  const [, count, salt = "", size, parallel, text = ""] = scryptPattern.exec(stored) ?? [];
  const [blocks, blockSize, lanes] = [Number(count), Number(size), Number(parallel)];
  // scrypt is defined for powers of two below a limit of the block size (RFC 7914 2).
  if (blocks < 2 || !Number.isInteger(Math.log2(blocks)) || blockSize < 1 || lanes < 1) return "unknown";
  if (Math.log2(blocks) >= 16 * blockSize) return "unknown";
  const kibibytes = (blocks * blockSize) / 8;
  const isTooCostly =
    lanes > mostLanes || kibibytes > mostMemoryKibibytes || kibibytes * lanes > mostKibibytesMixed;
  if (isTooCostly) return "too_costly";
  const digest = Buffer.from(text, "base64");
  return { kind: "scrypt", blocks, blockSize, lanes, salt, digest, prepared: "trimmed" };
};

const readBcrypt = (stored: string): Read => {
  const [, djangos, setting = "", exponent, digest = ""] = bcryptPattern.exec(stored) ?? [];
  const cost = Number(exponent);
  if (exponent === undefined || cost < leastCost) return "unknown";
  if (cost > mostCost) return "too_costly";
  const ofDigest = djangos === "bcrypt_sha256$";
  const prepared = djangos === undefined ? "as typed" : "trimmed";
  return { kind: "bcrypt", cost, setting, digest, ofDigest, prepared };
};

export const readHash = (stored: string): Read => {
  if (nonePattern.test(stored)) return { kind: "none" };
  if (pbkdf2Pattern.test(stored)) return readPbkdf2(stored);
  if (scryptPattern.test(stored)) return readScrypt(stored);
  if (bcryptPattern.test(stored)) return readBcrypt(stored);
  return readArgon2(stored);
};

// The characters that Python's `str.strip` removes. Unlike `trim`, it removes U+001C to U+001F and
// U+0085, but no byte order mark.
const spaces = new Set(
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** Uses no regular expression, which would take quadratic time on many spaces. */
export const trimmedByPython = (typed: string): string => {
  let [start, end] = [0, typed.length];
  while (start < end && spaces.has(typed.charAt(start))) start += 1;
  while (end > start && spaces.has(typed.charAt(end - 1))) end -= 1;
  return typed.slice(start, end);
};
