import type { ReactNode } from 'preact/compat';
import { plural, signedUsd } from '../parts/format.js';
import { CopyButton } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Empty, Panel } from '../parts/parts.js';
import type { BillView } from '../server/bill-view.js';
import { useApi, useStatus } from '../web/api.js';
import { setParams, usePlace } from '../web/url.js';
import { BillGroups, BillReasons, BillSlots } from './bill-tables.js';

/** The reports against a bill of AWS that the server was started with: each difference with its reason. */
export function PageBill(): ReactNode {
  const { params } = usePlace();
  const query = new URLSearchParams({ bill: params.get('bill') ?? '0', by: params.get('by') ?? 'day' });
  const answer = useApi('/bill', query.toString());
  return (
    <div className="page-bill">
      <PageHead title="Against the bill" crumb={{ name: 'Cost', path: '/cost' }} hasRange={false} />
      <Panel answer={answer} skeleton={8}>
        {({ bills, chosen, by, compared }) => (
          <>
            <Choice bills={bills} chosen={chosen} by={by} />
            {compared === null ? (
              <NoBill />
            ) : 'problem' in compared ? (
              <Empty title="This bill cannot be compared">
                <pre>{compared.problem}</pre>
              </Empty>
            ) : (
              <Compared bill={compared} name={bills[chosen] ?? ''} by={by} />
            )}
          </>
        )}
      </Panel>
    </div>
  );
}

function NoBill(): ReactNode {
  const status = useStatus();
  return (
    <Empty title="No bill was given">
      <p>Start the dashboard with a file, a folder or a bucket of CUR 2.0, legacy CUR or FOCUS. It is only read.</p>
      <pre>{`${status?.program ?? 'aqt'} serve ${status?.location ?? '<output>'} --bill s3://billing/cur2/`}</pre>
    </Empty>
  );
}

function Choice({
  bills,
  chosen,
  by,
}: {
  readonly bills: readonly string[];
  readonly chosen: number;
  readonly by: string;
}): ReactNode {
  if (bills.length === 0) return null;
  return (
    <div className="bill-choice">
      <fieldset className="switch wide" aria-label="Bill">
        {bills.map((name, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={index === chosen}
            onClick={() => setParams({ bill: index === 0 ? null : String(index) }, { replace: true })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <fieldset className="switch" aria-label="Compare by">
        {['day', 'hour'].map((slot) => (
          <button
            key={slot}
            type="button"
            aria-pressed={slot === by}
            onClick={() => setParams({ by: slot === 'day' ? null : slot }, { replace: true })}
          >
            {slot}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Compared({
  bill,
  name,
  by,
}: {
  readonly bill: BillView;
  readonly name: string;
  readonly by: 'day' | 'hour';
}): ReactNode {
  const status = useStatus();
  const { trackerUsd, billUsd, unexplainedUsd, reasons, groups, slots, notes, rates, pricesFile } = bill;
  const settle = `${status?.program ?? 'aqt'} settle ${status?.location ?? '<output>'} --prices prices.yaml`;
  return (
    <>
      <section className="panel" aria-label="Sums">
        <div className="panel-head">
          <h2>{bill.periods.join(', ') || 'No month'}</h2>
          <span className="soft">
            {plural(bill.files.length, 'file')} of {name} ({bill.formats.join(', ')})
          </span>
        </div>
        <dl className="month-sums pad">
          <Sum name="Reports" amount={trackerUsd} />
          <Sum name="Bill" amount={billUsd} />
          <Sum name="Difference" amount={billUsd - trackerUsd} />
          <Sum name="Without a reason" amount={unexplainedUsd} isBad={unexplainedUsd >= 0.005} />
        </dl>
        <BillReasons reasons={reasons} />
        {notes.map((note) => (
          <p key={note} className="pad bad-text">
            {note}
          </p>
        ))}
      </section>
      <BillGroups groups={groups} />
      <BillSlots slots={slots} by={by} />
      <section className="panel" aria-label="Prices">
        <div className="panel-head">
          <h2>Prices of this bill</h2>
          <CopyButton text={pricesFile}>Copy the file</CopyButton>
        </div>
        <ul className="pad">
          {rates.map((rate) => (
            <li key={rate}>{rate}</li>
          ))}
        </ul>
        <pre className="pad">{pricesFile}</pre>
        <p className="pad soft">
          Save it as prices.yaml and price the reports with it: <code>{settle}</code>{' '}
          <CopyButton text={settle}>Copy</CopyButton>
        </p>
      </section>
    </>
  );
}

function Sum({
  name,
  amount,
  isBad = false,
}: {
  readonly name: string;
  readonly amount: number;
  readonly isBad?: boolean;
}): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isBad ? 'bad-text' : ''}>{signedUsd(amount)}</dd>
    </div>
  );
}
