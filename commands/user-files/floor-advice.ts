import { readHash, type HashForm } from "../../shared/passwords/hash-forms.ts";

// What a check takes on one vCPU of Lambda, rounded up from measurements.
const millisecondsOf = (form: HashForm): number => {
  switch (form.kind) {
    case "argon2":
      return (form.memoryKibibytes * form.passes) / 700;
    case "pbkdf2":
      return form.iterations / 3_500;
    case "scrypt":
      return (form.blocks * form.blockSize * form.lanes) / 2_100;
    case "bcrypt":
      return 2 ** form.cost / 9;
    default:
      return form satisfies never;
  }
};

const [least, most, step] = [800, 5_000, 100];

/** The floor must also cover the hash of a registration, and the calls around both. */
export const floorFor = (passwordHash: string): number => {
  const form = readHash(passwordHash);
  if (typeof form === "string" || form.kind === "none") return 0;
  const needed = millisecondsOf(form) * 1.4 + 150;
  return Math.min(most, Math.max(least, Math.ceil(needed / step) * step));
};
