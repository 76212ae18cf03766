import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { count, plural, usd } from '../parts/format.js';
import { Share } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { usePlace, viewQuery } from '../web/url.js';

type Use = Api['/reservations']['rows'][number];

const WHY: Readonly<Record<string, string>> = {
  'dpus-not-known': 'closings differ, and nothing says since when',
  'queries-without-dpus': 'Athena told no DPUs of some queries',
  'price-unknown': 'no price of its DPU-hour is known',
};

/** What reserved capacity cost in this time, used and idle; nothing where none is known, or where filters choose among queries. */
export function ReservationsCard(): ReactNode {
  const { params } = usePlace();
  const { data } = useApi('/reservations', viewQuery(params));
  if (!data || data.rows.length === 0) return null;
  return (
    <section className="panel" aria-label="Capacity reservations">
      <div className="panel-head">
        <h2>Capacity reservations</h2>
        <span className="soft">what was used is in the cost of its queries; idle time is in nobody’s</span>
      </div>
      <table className="groups-table">
        <thead>
          <tr>
            <th>Reservation</th>
            <th className="n">DPU-hours</th>
            <th className="n">Cost</th>
            <th className="n">Queries</th>
            <th className="n">Used</th>
            <th className="n">Idle</th>
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <Reservation key={`${row.account_id} ${row.region} ${row.name}`} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Reservation({ row }: { readonly row: Use }): ReactNode {
  const { name, account_id, region, dpu_hours, used_dpu_hours, billed_usd, used_usd, idle_usd } = row;
  return (
    <tr>
      <td className="key">
        <Share of={used_dpu_hours ?? 0} in={dpu_hours ?? 1} />
        <span>{name ?? <em>no closing tells of one</em>}</span>{' '}
        <span className="soft">
          {account_id} {region}
          {row.unknown !== null &&
            name !== null &&
            ` · ${count(row.unknown_hours)} hours not known: ${WHY[row.unknown]}`}
          {(row.over_dpu_hours ?? 0) > 0.005 &&
            ` · claimed ${row.over_dpu_hours?.toFixed(2)} DPU-hours more than there were`}
          {row.queries_without_dpus > 0 &&
            ` · of ${plural(row.queries_without_dpus, 'query', 'queries')} Athena told no DPUs: no cost, and idle time not known`}
        </span>
      </td>
      <td className="n">{dpu_hours === null ? '–' : count(Math.round(dpu_hours))}</td>
      <td className="n">{usd(billed_usd)}</td>
      <td className="n">{count(row.queries)}</td>
      <td className="n">{usd(used_usd)}</td>
      <td className="n">{usd(idle_usd)}</td>
    </tr>
  );
}
