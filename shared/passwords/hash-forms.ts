type Argon2 = { memoryKibibytes: number; passes: number; lanes: number };

/** `asDjangoStored` means that Django REST framework trimmed the password before hashing. */
export type HashForm =
  | ({ kind: "argon2"; phc: string; asDjangoStored: boolean } & Argon2)
  | { kind: "pbkdf2"; iterations: number; salt: string; digest: Buffer; asDjangoStored: true }
  /** Django's mark for an account without a password, which needs a reset. */
  | { kind: "none" };

// Without limits, verifying an imported hash could take more than the function's 1,769 MB or ten
// seconds. Django 6.0 uses 1,200,000 iterations, or 100 MiB and two passes.
const mostIterations = 2_000_000;
const mostMemoryKibibytes = 262_144;
const mostPasses = 16;
const mostLanes = 16;
const mostKibibytesWritten = 1_048_576;

const phcPattern =
  /^\$(argon2id?)\$v=19\$((?:[mtp]=\d{1,7},){2}[mtp]=\d{1,7})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;
const pbkdf2Pattern = /^pbkdf2_sha256\$(\d{1,9})\$([^$]{1,128})\$([A-Za-z0-9+/]{43}=)$/;
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

const readArgon2 = (stored: string): HashForm | "unknown" | "too_costly" => {
  const asDjangoStored = stored.startsWith(djangoArgon2);
  const phc = asDjangoStored ? stored.slice(djangoArgon2.length - 1) : stored;
  const [, variant, parameters = ""] = phcPattern.exec(phc) ?? [];
  // Django used argon2i until 3.2. From other sources it isn't supported.
  if (variant === undefined || (variant === "argon2i" && !asDjangoStored)) return "unknown";
  const given = new Map(parameters.split(",").map((part) => [part[0], Number(part.slice(2))]));
  const [memoryKibibytes, passes, lanes] = [given.get("m"), given.get("t"), given.get("p")];
  if (memoryKibibytes === undefined || passes === undefined || lanes === undefined) return "unknown";
  const cost = { memoryKibibytes, passes, lanes };
  return isAffordable(cost) ? { kind: "argon2", phc, asDjangoStored, ...cost } : "too_costly";
};

export const readHash = (stored: string): HashForm | "unknown" | "too_costly" => {
  if (nonePattern.test(stored)) return { kind: "none" };
  const [, count, salt, digest] = pbkdf2Pattern.exec(stored) ?? [];
  if (count === undefined || salt === undefined || digest === undefined) return readArgon2(stored);
  const iterations = Number(count);
  if (iterations < 1 || iterations > mostIterations) return "too_costly";
  return { kind: "pbkdf2", iterations, salt, digest: Buffer.from(digest, "base64"), asDjangoStored: true };
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
