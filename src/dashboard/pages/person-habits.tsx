import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { useShown } from '../lists/use-shown.js';
import { count, shortTable, time } from '../parts/format.js';
import { Go, Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** When in the week somebody works: what falls outside is easy to see. */
export function WeekMap({ filters }: { readonly filters: Readonly<Record<string, string>> }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/week', viewQuery(params, filters));
  return (
    <section className="panel" aria-label="Hours of the week">
      <div className="panel-head">
        <h2>Hours of the week</h2>
        <span className="soft">{zone}</span>
      </div>
      <Panel answer={answer} skeleton={7}>
        {({ cells }) => {
          const highest = Math.max(...cells.map((cell) => cell.queries), 1);
          const at = (weekday: number, hour: number): number =>
            cells.find((cell) => cell.weekday === weekday && cell.hour === hour)?.queries ?? 0;
          return (
            <table className="week">
              <thead>
                <tr>
                  <th scope="col">
                    <span className="sr">Day</span>
                  </th>
                  {Array.from({ length: 24 }, (_, hour) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: hours are their own keys
                    <th key={hour} scope="col">
                      {hour % 6 === 0 ? String(hour).padStart(2, '0') : <span className="sr">{hour}</span>}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {DAYS.map((day, index) => (
                  <tr key={day}>
                    <th scope="row">{day}</th>
                    {Array.from({ length: 24 }, (_, hour) => {
                      const queries = at(index + 1, hour);
                      return (
                        // biome-ignore lint/suspicious/noArrayIndexKey: hours are their own keys
                        <td key={hour} title={`${day} ${String(hour).padStart(2, '0')}:00, ${queries} queries`}>
                          <i style={{ opacity: queries === 0 ? 0 : 0.18 + 0.82 * (queries / highest) }} />
                          <span className="sr">{queries}</span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Panel>
    </section>
  );
}

/** Tables that somebody read for the first time in this time. */
export function FirstTouches({ person }: { readonly person: string }): ReactNode {
  const { params } = usePlace();
  const answer = useApi('/touches', viewQuery(params, { person }));
  return (
    <section className="panel" aria-label="Tables touched for the first time">
      <div className="panel-head">
        <h2>Tables read for the first time</h2>
      </div>
      <Panel answer={answer} skeleton={4}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="soft pad">None in this time: only tables known from before.</p>
          ) : (
            <Touched rows={rows} />
          )
        }
      </Panel>
    </section>
  );
}

/** Touches that are shown at once. */
const PAGE = 30;

function Touched({ rows }: { readonly rows: Api['/touches']['rows'] }): ReactNode {
  const { zone } = useZone();
  const { shown, more } = useShown(rows, { page: PAGE });
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            <th>First read</th>
            <th>Table</th>
            <th className="n">Queries</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.table_name}>
              <td>
                <Go to={addressOf(`/q/${row.id}`)}>{time(row.first, zone, 'short-minute')}</Go>
              </td>
              <td>
                <Go to={addressOf(`/tables/${row.table_name}`)}>{shortTable(row.table_name)}</Go>
              </td>
              <td className="n">{count(row.queries)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}
