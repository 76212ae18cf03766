import { type ReactNode, useState } from 'preact/compat';
import { SearchBox } from '../lists/search-box.js';
import { useShown } from '../lists/use-shown.js';
import { count, signedUsd } from '../parts/format.js';
import { saveCsv } from '../parts/save-csv.js';
import type { BillGroup, BillReason, BillView } from '../server/bill-view.js';

/** Why bill and reports differ; the amounts add up to the difference. */
export function BillReasons({ reasons }: { readonly reasons: readonly BillReason[] }): ReactNode {
  if (reasons.length === 0) return <p className="pad">Reports and bill say the same.</p>;
  return (
    <BillTable label="Reasons of the difference" heads={['Reason', 'Means', { amount: 'Amount' }]}>
      {reasons.map(({ reason, words, usd }) => (
        <tr key={reason}>
          <td data-head="Reason" className={`mono span ${reason === 'unexplained' ? 'bad-text' : ''}`}>
            {reason}
          </td>
          <td data-head="Means" className="whole">
            {words}
          </td>
          <td data-head="Amount" className="n">
            {signedUsd(usd)}
          </td>
        </tr>
      ))}
    </BillTable>
  );
}

/** Both by workgroup. */
export function BillGroups({ groups }: { readonly groups: readonly BillGroup[] }): ReactNode {
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = groups.filter(({ account, region, workgroup }) =>
    words.every((word) => `${account} ${region} ${workgroup ?? ''}`.toLowerCase().includes(word)),
  );
  const { shown, more } = useShown(found);
  return (
    <section className="panel" aria-label="By workgroup">
      <div className="panel-head">
        <h2>
          By workgroup <span className="soft">{count(groups.length)}</span>
        </h2>
      </div>
      <div className="list-tools">
        {groups.length > FEW && <SearchBox label="Find in workgroups" value={search} onChange={setSearch} />}
        <button type="button" className="quiet" onClick={() => saveCsv('bill-workgroups.csv', groupLines(found))}>
          Save as CSV
        </button>
        {found.length < groups.length && (
          <span className="soft" role="status">
            {count(found.length)} of {count(groups.length)}
          </span>
        )}
      </div>
      <BillTable label="Workgroups of the bill" heads={['Account, Region, workgroup', ...SUMS, 'Why']}>
        {shown.map(({ account, region, workgroup, reasons, ...sums }) => (
          <tr key={`${account} ${region} ${workgroup}`}>
            <td data-head="Account, Region, workgroup" className="whole">
              {workgroup ?? <em>none on the line</em>}{' '}
              <span className="soft">
                {account} {region}
              </span>
            </td>
            <Sums {...sums} />
            <td data-head="Why" className="why whole">
              {reasons.map(({ reason, usd }, index) => (
                <span key={reason} className="unbroken">
                  {reason} {signedUsd(usd)}
                  {index < reasons.length - 1 ? ', ' : ''}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </BillTable>
      {more}
    </section>
  );
}

/** So few rows need no search. */
const FEW = 12;

function groupLines(groups: readonly BillGroup[]): readonly (readonly (string | number | null)[])[] {
  return [
    ['account_id', 'region', 'workgroup', 'reports_usd', 'bill_usd', 'unexplained_usd', 'reasons'],
    ...groups.map(({ account, region, workgroup, trackerUsd, billUsd, unexplainedUsd, reasons }) => [
      ...[account, region, workgroup, trackerUsd, billUsd, unexplainedUsd],
      reasons.map(({ reason, usd }) => `${reason} ${usd}`).join(', '),
    ]),
  ];
}

/** Both by UTC day or hour, the newest of many. */
export function BillSlots({
  slots,
  by,
}: {
  readonly slots: BillView['slots'];
  readonly by: 'day' | 'hour';
}): ReactNode {
  const { shown, more } = useShown(slots, { side: 'last' });
  const lines = slots.map(({ slot, trackerUsd, billUsd, unexplainedUsd }) => [
    ...[slot, trackerUsd, billUsd, unexplainedUsd],
  ]);
  return (
    <section className="panel" aria-label="By time">
      <div className="panel-head">
        <h2>
          By {by} <span className="soft">{count(slots.length)}, UTC</span>
        </h2>
      </div>
      <div className="list-tools">
        <button
          type="button"
          className="quiet"
          onClick={() => saveCsv(`bill-${by}s.csv`, [[by, 'reports_usd', 'bill_usd', 'unexplained_usd'], ...lines])}
        >
          Save as CSV
        </button>
      </div>
      {more}
      <BillTable label="Days or hours of the bill" heads={['From', ...SUMS, { amount: 'Without a reason' }]}>
        {shown.map(({ slot, unexplainedUsd, ...sums }) => (
          <tr key={slot}>
            <td data-head="From" className="whole unbroken">
              {slot.slice(0, by === 'day' ? 10 : 16).replace('T', ' ')}
            </td>
            <Sums {...sums} />
            <td data-head="Without a reason" className={`n ${unexplainedUsd >= 0.005 ? 'bad-text' : ''}`}>
              {signedUsd(unexplainedUsd)}
            </td>
          </tr>
        ))}
      </BillTable>
    </section>
  );
}

const SUMS = [{ amount: 'Reports' }, { amount: 'Bill' }, { amount: 'Difference' }] as const;

/** The cells under `SUMS`. */
function Sums({ trackerUsd, billUsd }: { readonly trackerUsd: number; readonly billUsd: number }): ReactNode {
  return [trackerUsd, billUsd, billUsd - trackerUsd].map((usd, at) => (
    <td key={SUMS[at]?.amount} data-head={SUMS[at]?.amount} className="n">
      {signedUsd(usd)}
    </td>
  ));
}

/** A table that scrolls in itself where it is too wide. */
function BillTable({
  label,
  heads,
  children,
}: {
  readonly label: string;
  readonly heads: readonly (string | { readonly amount: string })[];
  readonly children: ReactNode;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={label}>
      <table className="plain stacking">
        <thead>
          <tr>
            {heads.map((head) => (
              <th
                key={typeof head === 'string' ? head : head.amount}
                scope="col"
                className={typeof head === 'string' ? undefined : 'n'}
              >
                {typeof head === 'string' ? head : head.amount}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
