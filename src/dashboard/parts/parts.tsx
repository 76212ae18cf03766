import type { ReactNode } from 'preact/compat';
import type { Answer, Loading } from '../web/api.js';
import { go } from '../web/url.js';

/** A link inside the dashboard: an ordinary one, followed without loading the page. */
export function Go({
  to,
  children,
  className,
  title,
  current,
}: {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly title?: string;
  readonly current?: boolean;
}): ReactNode {
  return (
    <a
      href={to}
      className={className}
      title={title}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

/** Shows an answer: a skeleton at first, then always the last numbers, dimmed while the next are on their way. */
export function Panel<T>({
  answer,
  children,
  skeleton = 6,
}: {
  readonly answer: Answer<T>;
  readonly children: (data: T) => ReactNode;
  readonly skeleton?: number;
}): ReactNode {
  const { data, isStale, error, loading } = answer;
  return (
    <>
      <Failure answer={answer} />
      {loading && <LoadingDays loading={loading} />}
      {data === null ? (
        !error && <Skeleton lines={skeleton} />
      ) : (
        <div className={isStale ? 'stale' : 'fresh'} aria-busy={isStale}>
          {children(data)}
        </div>
      )}
    </>
  );
}

/** How far the rows of a question have come. */
export function LoadingDays({ loading: { doneDays, days, from, to } }: { readonly loading: Loading }): ReactNode {
  return (
    <div className="notice" role="status">
      <b>
        Loading {doneDays} of {days} days
      </b>
      , {from} to {to}, into the cache. <progress max={days} value={doneDays} />
    </div>
  );
}

/** What went wrong with an answer, and another try. */
export function Failure({ answer: { error, retry } }: { readonly answer: Answer<unknown> }): ReactNode {
  if (!error) return null;
  return (
    <div className="error" role="alert">
      <b>{error.message}</b>
      {error.requestId && <span className="soft">Request {error.requestId}</span>}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

export function Skeleton({ lines }: { readonly lines: number }): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <i key={index} />
      ))}
    </div>
  );
}

/** Says why there is nothing, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <b>{title}</b>
      {children}
    </div>
  );
}

export function Tile({
  name,
  value,
  delta,
  tone,
  title,
  to,
}: {
  readonly name: string;
  readonly value: string;
  /** Where the rows behind it are listed. */
  readonly to?: string;
  readonly delta?: ReactNode;
  readonly tone?: 'bad' | 'warn';
  readonly title?: string;
}): ReactNode {
  return (
    <div className="tile" title={title}>
      <dt>{name}</dt>
      <dd className={tone}>{to === undefined ? value : <Go to={to}>{value}</Go>}</dd>
      {delta !== undefined && <dd className="delta">{delta}</dd>}
    </div>
  );
}

/** The bar behind a label that shows its share. */
export function Share({ of, in: whole }: { readonly of: number; readonly in: number }): ReactNode {
  const part = whole > 0 ? Math.max(of / whole, 0) : 0;
  return <i className="share" style={{ width: `${Math.min(part * 100, 100)}%` }} />;
}

export function StateTag({ state }: { readonly state: string }): ReactNode {
  return <span className={`state ${STATE_TONES[state] ?? ''}`}>{state.toLowerCase()}</span>;
}

const STATE_TONES: Readonly<Record<string, string>> = {
  SUCCEEDED: 'good',
  FAILED: 'bad',
  REFUSED: 'warn',
  CANCELLED: 'soft',
};

export const CONFIDENCE_MEANINGS: Readonly<Record<string, string>> = {
  verified: 'verified: AWS vouches for the person',
  asserted: 'asserted: the caller chose the name',
  claimed: 'claimed: only a comment in the SQL says so',
  none: 'none: the person is not known',
};

/** How sure the person is: a full, a half, an empty diamond, a question mark; the round dots are states. */
export function Confidence({ level }: { readonly level: string }): ReactNode {
  return (
    <span
      className={`confidence ${level}`}
      role="img"
      aria-label={CONFIDENCE_MEANINGS[level] ?? level}
      title={CONFIDENCE_MEANINGS[level] ?? level}
    >
      {level === 'none' ? '?' : ''}
    </span>
  );
}

export function KindTag({ kind }: { readonly kind: string | null | undefined }): ReactNode {
  if (!kind || kind === 'human') return null;
  return <span className="tag kind">{kind}</span>;
}
