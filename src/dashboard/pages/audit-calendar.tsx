import { type ReactNode, useState } from 'preact/compat';
import type { AuditHour, HourState } from '../../analytics/audit/audit.js';
import { count, time } from '../parts/format.js';
import { Go } from '../parts/parts.js';
import { useZone } from '../web/settings.js';
import { addressOf } from '../web/url.js';

const STATES: Readonly<Record<HourState, string>> = {
  complete: 'final',
  open: 'may still change',
  faulty: 'faulty',
  gap: 'no report',
};
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Days down, hours across, the newest first. A label that the clock skips is no cell. */
export function Calendar({ tree, hours }: { readonly tree: string; readonly hours: readonly AuditHour[] }): ReactNode {
  const [chosen, setChosen] = useState<AuditHour | null>(null);
  const byDay = new Map<string, AuditHour[]>();
  for (const hour of hours) {
    const day = byDay.get(hour.reportDate);
    if (day) day.push(hour);
    else byDay.set(hour.reportDate, [hour]);
  }
  const days = [...byDay].reverse();
  const label = tree === '' ? 'Calendar' : `Calendar of ${tree}`;
  return (
    <section className="panel" aria-label={`Hours${tree ? ` of ${tree}` : ''}`}>
      <div className="panel-head">
        <h2>{tree === '' ? 'Hours' : tree}</h2>
        <ul className="legend">
          {(Object.keys(STATES) as HourState[]).map((state) => (
            <li key={state}>
              <i className={state} aria-hidden="true" />
              {STATES[state]}
            </li>
          ))}
        </ul>
      </div>
      {chosen && <HourFacts hour={chosen} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll calendar-scroll" tabIndex={0} aria-label={label}>
        <table className="calendar">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {hour % 3 === 0 ? String(hour).padStart(2, '0') : <span className="sr">{hour}</span>}
                </th>
              ))}
              <th scope="col" className="n">
                Rows
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map(([date, list]) => (
              <tr key={date}>
                <th scope="row">
                  <Go to={addressOf('/queries', { range: null, from: date, to: date })}>{date}</Go>
                </th>
                {HOURS.map((number) => {
                  const hour = list.find((one) => one.hour === number);
                  return (
                    <td key={number}>
                      {hour && (
                        <button
                          type="button"
                          className={`${hour.state} ${hour === chosen ? 'chosen' : ''} ${hour.rows === 0 ? 'none' : ''}`}
                          aria-label={`${date} ${String(number).padStart(2, '0')}h: ${STATES[hour.state]}${hour.rows === null ? '' : `, ${hour.rows} rows`}`}
                          title={`${date} ${String(number).padStart(2, '0')}h · ${STATES[hour.state]}${hour.rows === null ? '' : ` · ${count(hour.rows)} rows`}`}
                          tabIndex={-1}
                          onClick={() => setChosen(hour === chosen ? null : hour)}
                        />
                      )}
                    </td>
                  );
                })}
                <td className="n soft">{count(list.reduce((sum, hour) => sum + (hour.rows ?? 0), 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function HourFacts({ hour }: { readonly hour: AuditHour }): ReactNode {
  const { zone } = useZone();
  const number = (value: number | null): string => (value === null ? '–' : count(value));
  return (
    <div className={`hour-facts ${hour.state}`} role="status">
      <b>
        {hour.reportDate} {String(hour.hour).padStart(2, '0')}h
      </b>{' '}
      {STATES[hour.state]} · {time(hour.start, zone)} to {time(hour.end, zone)} {zone}
      {hour.problem ? (
        <p className="message">{hour.problem}</p>
      ) : (
        <p>
          CloudTrail starts {number(hour.starts)} · rows {number(hour.rows)} · without an event{' '}
          {number(hour.unattributed)} · to settle {number(hour.pending)} · version {number(hour.version)} · collected{' '}
          {time(hour.collectedAt, zone)}{' '}
          <Go
            to={addressOf('/queries', {
              range: null,
              from: new Date(hour.start).toISOString(),
              to: new Date(hour.end).toISOString(),
            })}
          >
            Show its queries
          </Go>
        </p>
      )}
    </div>
  );
}
