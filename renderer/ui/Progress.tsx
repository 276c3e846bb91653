interface ProgressProps {
  readonly label: string;
  /** 0..1; absent while the whole is unknown. */
  readonly share?: number | undefined;
}

/** Honest progress: no invented percentage while the whole is unknown. */
export function Progress({ label, share }: ProgressProps) {
  const known =
    share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100), 'aria-valuemin': 0, 'aria-valuemax': 100 };
  return (
    <div
      className={share === undefined ? 'progress progress--unknown' : 'progress'}
      role="progressbar"
      aria-label={label}
      {...known}
    >
      <div className="progress__bar" {...(share === undefined ? {} : { style: { width: `${share * 100}%` } })} />
    </div>
  );
}
