import type { ReactNode } from 'preact/compat';
import type { Notable } from '../../analytics/view/notable.js';
import { ago, count, plural, time } from '../parts/format.js';
import { Go } from '../parts/parts.js';
import { useStatus } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf } from '../web/url.js';

/** Facts that people ask about first, each with the queries behind it. */
export function Worth({ notable }: { readonly notable: readonly Notable[] }): ReactNode {
  const held = useStatus()?.rows ?? null;
  return (
    <section className="panel worth" aria-label="Worth a look">
      <div className="panel-head">
        <h2>Worth a look</h2>
      </div>
      {notable.length === 0 ? (
        <p className="soft">
          Nothing stands out: no refusals, no sensitive reads, {held === null && 'no newcomers, '}no unusual day.
        </p>
      ) : (
        <ul>
          {notable.map((item) => (
            <li key={item.title} className={item.kind}>
              <Go
                to={
                  item.kind === 'unresolved' ? addressOf('/identities') : addressOf('/queries', linkParams(item.link))
                }
              >
                {item.title}
              </Go>
              <span className="soft">{item.detail}</span>
            </li>
          ))}
        </ul>
      )}
      {held !== null && <p className="soft">Who is new is not told: only rows from {held.from} on are here.</p>}
    </section>
  );
}

function linkParams(link: string): Record<string, readonly string[]> {
  const params = new URLSearchParams(link);
  return Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
}

/** Whether the collection is alive, and complete. */
export function Health(): ReactNode {
  const status = useStatus();
  const { zone } = useZone();
  if (!status?.coverage?.collected) return null;
  const { collected, hours, complete, open, gaps, faulty } = status.coverage;
  const rows: readonly [string, number, string][] = [
    ['final', complete, 'good'],
    ['may still change', open, 'open'],
    ['without a report', gaps, 'bad'],
    ['faulty', faulty, 'bad'],
  ];
  return (
    <section className="panel health" aria-label="Collection">
      <div className="panel-head">
        <h2>Collection</h2>
        <Go to={addressOf('/audit')}>Proof</Go>
      </div>
      <p>
        {time(collected.start, zone)} to {time(collected.end, zone)} <span className="soft">{zone}</span>
      </p>
      <p className="soft">The last hour ended {ago(collected.end, status.now)}.</p>
      <div className="meter" role="img" aria-label={`${complete} of ${hours} hours are final`}>
        {rows
          .filter(([, value]) => value > 0)
          .map(([name, value, tone]) => (
            <i key={name} className={tone} style={{ flexGrow: value }} />
          ))}
      </div>
      <ul className="legend">
        {rows
          .filter(([, value]) => value > 0)
          .map(([name, value, tone]) => (
            <li key={name}>
              <i className={tone} aria-hidden="true" />
              {plural(value, 'hour')} {name}
            </li>
          ))}
      </ul>
      {status.places && status.places.count > 1 && (
        <p className={status.places.unread.length > 0 ? 'bad-text' : 'soft'}>
          {status.places.unread.length > 0
            ? `${count(status.places.unread.length)} of ${count(status.places.count)} accounts and Regions lack hours.`
            : `All ${count(status.places.count)} accounts and Regions were read.`}
        </p>
      )}
    </section>
  );
}
