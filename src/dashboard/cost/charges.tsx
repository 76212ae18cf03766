import type { ReactNode } from 'preact/compat';
import { count, nanosUsd, percent, usd } from '../parts/format.js';
import { Empty, Panel, Share } from '../parts/parts.js';
import { useApi, useStatus } from '../web/api.js';
import { setParams, usePlace, viewQuery } from '../web/url.js';

/** Cost by cost centre, as the identity directory tells them apart. */
export function CostCenters(): ReactNode {
  const { params } = usePlace();
  const status = useStatus();
  const answer = useApi('/cost-centers', viewQuery(params));
  if (status && !status.hasChargeback) {
    return (
      <Empty title="There are no cost centres">
        <p>
          Write them into the identity directory: rules in their order, then people, then teams. What nobody claims
          stays unallocated.
        </p>
        <pre>{`${status.program} serve ${status.location} --directory identities.yaml`}</pre>
      </Empty>
    );
  }
  return (
    <Panel answer={answer}>{({ rows }) => <Charges title="Cost centre" nobody="unallocated" rows={rows} />}</Panel>
  );
}

/** Cost by a tag of the workgroups; which one is in the address. */
export function Tags(): ReactNode {
  const { params } = usePlace();
  const asked = params.get('key');
  const answer = useApi('/tags', viewQuery(params, asked === null ? {} : { key: asked }));
  return (
    <Panel answer={answer}>
      {({ keys, key, rows }) =>
        key === null ? (
          <Empty title="No workgroup has a tag">
            <p>Each closing of a day asks for the tags of workgroups, where permitted (athena:ListTagsForResource).</p>
          </Empty>
        ) : (
          <>
            <div className="list-tools">
              <label>
                Tag{' '}
                <select
                  value={key}
                  onChange={(event) => setParams({ key: event.currentTarget.value }, { replace: true })}
                >
                  {keys.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              </label>
              <span className="soft">of the workgroup, as it is now</span>
            </div>
            <Charges title={key} nobody="without the tag" rows={rows} />
          </>
        )
      }
    </Panel>
  );
}

function Charges({
  title,
  nobody,
  rows,
}: {
  readonly title: string;
  /** Says what stands in the line of queries that nobody claims. */
  readonly nobody: string;
  readonly rows: readonly { readonly key: string | null; readonly queries: number; readonly nanos: number }[];
}): ReactNode {
  const total = rows.reduce((sum, row) => sum + row.nanos, 0);
  return (
    <table className="groups-table">
      <thead>
        <tr>
          <th>{title}</th>
          <th className="n">Queries</th>
          <th className="n">Cost</th>
          <th className="n">Share</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key ?? ''}>
            <td className="key">
              <Share of={row.nanos} in={total} />
              <span>{row.key ?? <em>{nobody}</em>}</span>
            </td>
            <td className="n">{count(row.queries)}</td>
            <td className="n">{usd(nanosUsd(row.nanos))}</td>
            <td className="n soft">{percent(row.nanos, total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
