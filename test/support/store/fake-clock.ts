/** Is a century away, because DynamoDB Local deletes items that have expired by the real clock. */
export const farSeconds = 1_800_000_000 + 40_000 * 86_400;

/** A clock that stands still until a test moves it. */
export const fakeClock = (startSeconds = farSeconds) => {
  let seconds = startSeconds;
  return {
    now: () => seconds,
    pass: (more: number) => {
      seconds += more;
    },
  };
};
