type Props = { what: string; error: Error; retry: () => unknown };

export const LoadFailure = ({ what, error, retry }: Props) => (
  <div role="alert" className="notice error">
    <span>
      {what} could not be loaded. {error.message}
    </span>
    <button type="button" onClick={() => void retry()}>
      Try again
    </button>
  </div>
);
