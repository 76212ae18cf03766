import type { ReactNode } from 'preact/compat';
import { bytes, time, usd } from '../parts/format.js';
import { Go, Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, usePlace, viewQuery } from '../web/url.js';

/** How a workgroup is set up: whether a limit is set, and who scans more than 99 of 100 queries do. */
export function WorkgroupSettings({ workgroup }: { readonly workgroup: string }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const answer = useApi('/workgroup', viewQuery(params, { of: workgroup, workgroup }));
  return (
    <section className="panel wide" aria-label="Settings">
      <div className="panel-head">
        <h2>Settings</h2>
        <span className="soft">as of the last closing of a day</span>
      </div>
      <Panel answer={answer}>
        {({ settings, p99Bytes, above }) => (
          <>
            {settings.length === 0 && (
              <p className="pad">Not known: nobody has closed a day with the permission athena:GetWorkGroup.</p>
            )}
            {settings.length > 0 && (
              <table className="plain">
                <thead>
                  <tr>
                    <th>Account and Region</th>
                    <th>Limit of a query</th>
                    <th>Settings of clients</th>
                    <th>Engine</th>
                    <th>Tags</th>
                    <th>As of</th>
                  </tr>
                </thead>
                <tbody>
                  {settings.map((one) => (
                    <tr key={`${one.account_id} ${one.region}`}>
                      <td>
                        {String(one.account_id)} {String(one.region)}
                      </td>
                      <td>{limitText(one)}</td>
                      <td>{one.is_enforced === null ? '–' : one.is_enforced ? 'are overruled' : 'go before these'}</td>
                      <td>{String(one.engine ?? '–')}</td>
                      <td>{Array.isArray(one.tags) ? one.tags.join(', ') || 'none' : 'not known'}</td>
                      <td>{String(one.as_of)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {p99Bytes !== null && (
              <p className="pad">
                99 of 100 queries scan at most {bytes(p99Bytes)}.{above.length > 0 && ' The largest above that:'}
              </p>
            )}
            {above.length > 0 && (
              <table className="plain">
                <tbody>
                  {above.map((one) => (
                    <tr key={String(one.id)}>
                      <td>
                        <Go to={addressOf(`/q/${String(one.id)}`)}>{time(Number(one.at), zone, 'short')}</Go>
                      </td>
                      <td>{String(one.person ?? '–')}</td>
                      <td className="n">{bytes(Number(one.bytes))}</td>
                      <td className="n">{usd(one.cost_usd === null ? null : Number(one.cost_usd))}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
      </Panel>
    </section>
  );
}

function limitText(one: { readonly [name: string]: unknown }): string {
  if (one.state === null) return 'not known';
  return one.cutoff_bytes === null ? 'none' : bytes(Number(one.cutoff_bytes));
}
