// SES with a rate, a quota and pauses, on a clock that the caller turns. The errors have the names
// and messages that the SDK gives for SES's answers.

type Span = { from: number; to: number };
export type SesLimits = {
  /** Letters a second, of which one second's worth can leave at once. */
  perSecond: number;
  /** After `letters`, none leaves until `reopensAt` (seconds). */
  quota?: { letters: number; reopensAt: number } | undefined;
  pauses?: readonly Span[] | undefined;
};

export type SesRefusal = { name: string; message: string };

export const sesRefusals = {
  rate: { name: "Throttling", message: "Maximum sending rate exceeded." },
  quota: { name: "Throttling", message: "Daily message quota exceeded." },
  pause: {
    name: "AccountSendingPausedException",
    message: "Email sending is disabled for your account.",
  },
} as const satisfies Record<string, SesRefusal>;

/** Returns why SES refuses a letter at `seconds`, or nothing if it takes the letter. */
export const sesGate = ({ perSecond, quota, pauses = [] }: SesLimits) => {
  let tokens = Math.max(1, perSecond);
  let filledAt = 0;
  let taken = 0;
  return (seconds: number): SesRefusal | undefined => {
    if (pauses.some(({ from, to }) => seconds >= from && seconds < to)) return sesRefusals.pause;
    if (quota && taken >= quota.letters && seconds < quota.reopensAt) return sesRefusals.quota;
    tokens = Math.min(Math.max(1, perSecond), tokens + Math.max(0, seconds - filledAt) * perSecond);
    filledAt = Math.max(filledAt, seconds);
    if (tokens < 1) return sesRefusals.rate;
    tokens -= 1;
    taken += 1;
    return undefined;
  };
};
