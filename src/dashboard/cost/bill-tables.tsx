import type { ReactNode } from 'react';
import { count, signedUsd } from '../parts/format.js';
import type { BillGroup, BillReason, BillView } from '../server/bill-view.js';

/** Why bill and reports differ; the amounts add up to the difference. */
export function BillReasons({ reasons }: { readonly reasons: readonly BillReason[] }): ReactNode {
  if (reasons.length === 0) return <p className="pad">Reports and bill say the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Reasons">
      <table className="plain" aria-label="Reasons of the difference">
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">Means</th>
            <th scope="col" className="n">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {reasons.map(({ reason, words, usd }) => (
            <tr key={reason}>
              <td className={`mono ${reason === 'unexplained' ? 'bad-text' : ''}`}>{reason}</td>
              <td>{words}</td>
              <td className="n">{signedUsd(usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Both by workgroup. */
export function BillGroups({ groups }: { readonly groups: readonly BillGroup[] }): ReactNode {
  return (
    <section className="panel" aria-label="By workgroup">
      <div className="panel-head">
        <h2>By workgroup</h2>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label="Workgroups of the bill">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Account, Region, workgroup</th>
              <th scope="col" className="n">
                Reports
              </th>
              <th scope="col" className="n">
                Bill
              </th>
              <th scope="col" className="n">
                Difference
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ account, region, workgroup, trackerUsd, billUsd, reasons }) => (
              <tr key={`${account} ${region} ${workgroup}`}>
                <td>
                  {workgroup ?? <em>none on the line</em>}{' '}
                  <span className="soft">
                    {account} {region}
                  </span>
                </td>
                <td className="n">{signedUsd(trackerUsd)}</td>
                <td className="n">{signedUsd(billUsd)}</td>
                <td className="n">{signedUsd(billUsd - trackerUsd)}</td>
                <td>{reasons.map(({ reason, usd }) => `${reason} ${signedUsd(usd)}`).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** Days or hours on a page. */
const SLOTS_SHOWN = 400;

/** Both by UTC day or hour. */
export function BillSlots({
  slots,
  by,
}: {
  readonly slots: BillView['slots'];
  readonly by: 'day' | 'hour';
}): ReactNode {
  return (
    <section className="panel" aria-label="By time">
      <div className="panel-head">
        <h2>By time</h2>
        <span className="soft">
          UTC
          {slots.length > SLOTS_SHOWN && ` · the last ${count(SLOTS_SHOWN)} of ${count(slots.length)}`}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label="Days or hours of the bill">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col" className="n">
                Reports
              </th>
              <th scope="col" className="n">
                Bill
              </th>
              <th scope="col" className="n">
                Difference
              </th>
              <th scope="col" className="n">
                Without a reason
              </th>
            </tr>
          </thead>
          <tbody>
            {slots.slice(-SLOTS_SHOWN).map(({ slot, trackerUsd, billUsd, unexplainedUsd }) => (
              <tr key={slot}>
                <td>{slot.slice(0, by === 'day' ? 10 : 16).replace('T', ' ')}</td>
                <td className="n">{signedUsd(trackerUsd)}</td>
                <td className="n">{signedUsd(billUsd)}</td>
                <td className="n">{signedUsd(billUsd - trackerUsd)}</td>
                <td className={`n ${unexplainedUsd >= 0.005 ? 'bad-text' : ''}`}>{signedUsd(unexplainedUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
