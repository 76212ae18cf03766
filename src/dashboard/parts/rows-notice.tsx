import type { ReactNode } from 'preact/compat';
import { useStatus } from '../web/api.js';
import { bytes, plural } from './format.js';

/** Says on every page which rows are not here, where a bound on the cache leaves some out; nothing else. */
export function RowsNotice(): ReactNode {
  const status = useStatus();
  if (!status?.rows) return null;
  const { from, left, loaded, loading, isReading } = status.rows;
  if (isReading)
    return (
      <p className="notice" role="status">
        <b>Rows from {from} on are here.</b> Those before, of {plural(left.hours, 'hour')} from {left.from} to {left.to}
        , are read for the first time: {status.sync.done} of {status.sync.total} hours are.
      </p>
    );
  return (
    <p className="notice">
      <b>Rows from {from} on are here.</b> {plural(left.hours, 'hour')} from {left.from} to {left.to} are collected and
      left out, because the cache may take {bytes(status.cache.limitBytes ?? 0)}: what is said here without a day, the
      state of the collection too, is of the rows that are here. Days that are asked for are loaded, as far as they fit
      {loaded.length > 0 && `: ${loaded.map((span) => `${span.from} to ${span.to}`).join(', ')} are`}
      {loading && `; loading ${loading.from} to ${loading.to}, ${loading.doneDays} of ${loading.days} days`}.{' '}
      <code>{status.program} serve --cache-limit</code> takes more.
    </p>
  );
}
