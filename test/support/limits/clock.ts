/** A time that will not come for a century: DynamoDB Local really deletes what has expired by the real clock. */
export const farSeconds = 1_800_000_000 + 40_000 * 86_400;

/** A clock that tests turn. */
export const turnableClock = (startSeconds = farSeconds) => {
  let seconds = startSeconds;
  return {
    now: () => seconds,
    pass: (more: number) => {
      seconds += more;
    },
  };
};
