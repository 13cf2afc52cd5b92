/** A clock that tests turn. */
export const turnableClock = (startSeconds = 1_800_000_000) => {
  let seconds = startSeconds;
  return {
    now: () => seconds,
    pass: (more: number) => {
      seconds += more;
    },
  };
};
