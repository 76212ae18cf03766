import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { percent, usd, zoneName } from '../parts/format.js';
import { CopyButton } from '../parts/menus.js';
import { Panel } from '../parts/parts.js';
import { useApi, useStatus } from '../web/api.js';
import { usePlace, viewQuery } from '../web/url.js';

/** The calendar month that is on: what it cost so far, where it is going, and what may be spent. Whatever the time of the page. */
export function MonthCard({ filters = {} }: { readonly filters?: Readonly<Record<string, string>> }): ReactNode {
  const { params } = usePlace();
  const zone = useStatus()?.coverage?.timezone ?? 'UTC';
  const query = new URLSearchParams(viewQuery(params, filters));
  // The month is the same whatever span is looked at.
  for (const name of ['range', 'from', 'to', 'compare', 'tz']) query.delete(name);
  const answer = useApi('/month', query.toString());
  return (
    <section className="panel month" aria-label="This month">
      <div className="panel-head">
        <h2>{answer.data ? monthName(answer.data.month) : 'This month'}</h2>
        <span className="soft">calendar month of {zoneName(zone)}</span>
      </div>
      <Panel answer={answer} skeleton={4}>
        {(data) => (
          <div className="pad">
            <dl className="month-sums">
              <div>
                <dt>So far</dt>
                <dd>{usd(data.costUsd)}</dd>
              </div>
              <div>
                <dt>Forecast</dt>
                <dd>{data.forecastUsd === null ? '–' : usd(data.forecastUsd)}</dd>
              </div>
              <div>
                <dt>Budget</dt>
                <dd>{data.budgetUsd === null ? 'none' : usd(data.budgetUsd)}</dd>
              </div>
            </dl>
            <Course month={data} />
          </div>
        )}
      </Panel>
    </section>
  );
}

function Course({ month }: { readonly month: Api['/month'] }): ReactNode {
  const { costUsd, forecastUsd, budgetUsd, overOn, paceDays, budgetCommand } = month;
  const pace =
    paceDays === 0
      ? 'There is no forecast from less than a day.'
      : `The forecast goes on at the pace of the last ${paceDays === 1 ? 'full day' : `${paceDays} full days`}, weekday by weekday.`;
  if (budgetUsd === null)
    return (
      <p className="soft">
        {pace}{' '}
        {budgetCommand && (
          <>
            No budget is set: <code>{budgetCommand}</code> <CopyButton text={budgetCommand}>Copy</CopyButton>
          </>
        )}
      </p>
    );
  const highest = Math.max(budgetUsd, forecastUsd ?? 0, costUsd);
  const width = (amount: number): { readonly width: string } => ({ width: `${(amount / highest) * 100}%` });
  return (
    <>
      <div
        className="budget"
        role="img"
        aria-label={`${usd(costUsd)} spent, ${usd(forecastUsd)} forecast, of a budget of ${usd(budgetUsd)}`}
      >
        <i className={`forecast ${overOn === null ? '' : 'over'}`} style={width(forecastUsd ?? costUsd)} />
        <i className={`spent ${costUsd > budgetUsd ? 'over' : ''}`} style={width(costUsd)} />
        <i className="limit" style={{ left: `${(budgetUsd / highest) * 100}%` }} />
      </div>
      <p className={overOn === null ? 'soft' : 'bad-text'}>
        {costUsd > budgetUsd
          ? `The budget was passed on ${overOn ?? 'an earlier day'}: ${percent(costUsd, budgetUsd)} of it is spent.`
          : overOn === null
            ? `${percent(costUsd, budgetUsd)} of the budget is spent; the month will end at ${percent(forecastUsd ?? costUsd, budgetUsd)}.`
            : `${percent(costUsd, budgetUsd)} of the budget is spent; it will be passed on ${overOn}, and the month will end at ${percent(forecastUsd ?? costUsd, budgetUsd)}.`}
      </p>
      <p className="soft">{pace}</p>
    </>
  );
}

/** `2026-11` as `November 2026`. */
function monthName(month: string): string {
  return new Date(`${month}-15T00:00:00Z`).toLocaleDateString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
