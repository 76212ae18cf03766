import type { ReactNode } from 'react';
import { count, signedUsd } from '../parts/format.js';
import type { BillGroup, BillReason, BillView } from '../server/bill-view.js';

/** Why bill and reports differ; the amounts add up to the difference. */
export function BillReasons({ reasons }: { readonly reasons: readonly BillReason[] }): ReactNode {
  if (reasons.length === 0) return <p className="pad">Reports and bill say the same.</p>;
  return (
    <BillTable label="Reasons of the difference" heads={['Reason', 'Means', { amount: 'Amount' }]}>
      {reasons.map(({ reason, words, usd }) => (
        <tr key={reason}>
          <td className={`mono ${reason === 'unexplained' ? 'bad-text' : ''}`}>{reason}</td>
          <td>{words}</td>
          <td className="n">{signedUsd(usd)}</td>
        </tr>
      ))}
    </BillTable>
  );
}

/** Both by workgroup. */
export function BillGroups({ groups }: { readonly groups: readonly BillGroup[] }): ReactNode {
  return (
    <section className="panel" aria-label="By workgroup">
      <div className="panel-head">
        <h2>By workgroup</h2>
      </div>
      <BillTable label="Workgroups of the bill" heads={['Account, Region, workgroup', ...SUMS, 'Why']}>
        {groups.map(({ account, region, workgroup, reasons, ...sums }) => (
          <tr key={`${account} ${region} ${workgroup}`}>
            <td>
              {workgroup ?? <em>none on the line</em>}{' '}
              <span className="soft">
                {account} {region}
              </span>
            </td>
            <Sums {...sums} />
            <td>{reasons.map(({ reason, usd }) => `${reason} ${signedUsd(usd)}`).join(', ')}</td>
          </tr>
        ))}
      </BillTable>
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
      <BillTable label="Days or hours of the bill" heads={['From', ...SUMS, { amount: 'Without a reason' }]}>
        {slots.slice(-SLOTS_SHOWN).map(({ slot, unexplainedUsd, ...sums }) => (
          <tr key={slot}>
            <td>{slot.slice(0, by === 'day' ? 10 : 16).replace('T', ' ')}</td>
            <Sums {...sums} />
            <td className={`n ${unexplainedUsd >= 0.005 ? 'bad-text' : ''}`}>{signedUsd(unexplainedUsd)}</td>
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
    <td key={SUMS[at]?.amount} className="n">
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
      <table className="plain">
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
