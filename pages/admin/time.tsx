const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A moment in the reader's own time and language. */
export const Time = ({ at }: { at: string }) => <time dateTime={at}>{format.format(new Date(at))}</time>;
