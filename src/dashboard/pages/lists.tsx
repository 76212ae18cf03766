import type { ReactNode } from 'preact/compat';
import { Chart } from '../chart/chart.js';
import { ChartControls } from '../chart/chart-controls.js';
import { metricOf } from '../chart/chart-scale.js';
import { deltaText } from '../chart/compared.js';
import { CostCenters, Tags } from '../cost/charges.js';
import { ReservationsCard } from '../cost/reservations-card.js';
import { UnpricedCard } from '../cost/unpriced-card.js';
import { FilterTokens } from '../lists/facets.js';
import { NAMES } from '../lists/group-columns.js';
import { type GroupBy, GroupTable } from '../lists/group-table.js';
import { count, shortUsd, usd } from '../parts/format.js';
import { CopyMenu, ExportMenu } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Go, Panel } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, brush, setParams, timeQuery, usePlace, viewQuery } from '../web/url.js';
import { MonthCard } from './month-card.js';

/** A page that is one table of groups. */
function ListPage({
  title,
  by,
  note,
  children,
}: {
  readonly title: string;
  readonly by: GroupBy;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  const { params } = usePlace();
  const query = viewQuery(params, { by, order: params.get('order') ?? 'cost' });
  const { data } = useApi('/groups', viewQuery(params, { by, order: params.get('order') ?? 'cost', limit: '1' }));
  return (
    <div className="page-list">
      <PageHead title={title}>
        <CopyMenu copy={data?.copy} />
        <ExportMenu what="groups" query={query} />
      </PageHead>
      <FilterTokens />
      {note && <p className="page-note soft">{note}</p>}
      {children}
      <div className="panel">
        <GroupTable by={by} />
      </div>
    </div>
  );
}

/** Any list of groups, as the cards of other pages lead to it. */
export function PageGroups(): ReactNode {
  const { params } = usePlace();
  const by = (Object.keys(NAMES) as GroupBy[]).find((name) => name === params.get('by')) ?? 'person';
  return <ListPage title={`By ${NAMES[by].toLowerCase()}`} by={by} />;
}

export function PagePeople(): ReactNode {
  return (
    <ListPage
      title="People"
      by="person"
      note={
        <>
          Whoever stands behind the credentials. A full diamond is vouched for by AWS, a half one was chosen by the
          caller, an empty one is a claim of a SQL comment.{' '}
          <Go to={addressOf('/identities')}>Weak and unresolved identities</Go>
        </>
      }
    />
  );
}

export function PageWorkgroups(): ReactNode {
  return <ListPage title="Workgroups" by="workgroup" />;
}

/** Programs that write a comment into the SQL. */
export function PageTools(): ReactNode {
  return (
    <ListPage
      title="Tools"
      by="app"
      note="A tool is known by the comment that it writes into the SQL, which is its own word. Its page tells who stands behind it, and what they ran."
    />
  );
}

export function PageRoles(): ReactNode {
  return <ListPage title="Roles" by="role" />;
}

export function PageTables(): ReactNode {
  return (
    <ListPage
      title="Tables"
      by="table"
      note="A query counts for every table it touches; its cost is split evenly over the tables it reads, so that the costs add up."
    />
  );
}

const COST_KEYS: readonly { readonly by: GroupBy | 'cost-center' | 'tag'; readonly title: string }[] = [
  { by: 'workgroup', title: 'Workgroup' },
  { by: 'team', title: 'Team' },
  { by: 'person', title: 'Person' },
  { by: 'fingerprint', title: 'Pattern' },
  { by: 'table', title: 'Table' },
  { by: 'app', title: 'Tool' },
  { by: 'account', title: 'Account' },
  { by: 'tag', title: 'Tag' },
  { by: 'cost-center', title: 'Cost centre' },
  { by: 'day', title: 'Day' },
];

/** Where the money goes, by whatever is asked. */
export function PageCost(): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const by = COST_KEYS.find((key) => key.by === params.get('by'))?.by ?? 'workgroup';
  const metric = metricOf(params.get('metric') ?? 'cost');
  const histogram = useApi('/histogram', timeQuery(params, metric));
  const groups = useApi(
    '/groups',
    by === 'cost-center' || by === 'tag'
      ? null
      : viewQuery(params, { by, order: params.get('order') ?? 'cost', limit: '1' }),
  );
  return (
    <div className="page-cost">
      <PageHead title="Cost">
        <Go to={addressOf('/bill')}>Against the bill</Go>
        <CopyMenu copy={groups.data?.copy} />
        {by !== 'cost-center' && by !== 'tag' && <ExportMenu what="groups" query={viewQuery(params, { by })} />}
      </PageHead>
      <FilterTokens />
      <section className="panel chart-panel" aria-label="Cost over time">
        <Panel answer={histogram} skeleton={5}>
          {(data) => (
            <>
              <div className="panel-head">
                <h2 className="grow">
                  <span className="big">{usd(data.totals.costUsd)}</span> in this time
                </h2>
                <span className="soft">
                  {shortUsd(data.totals.costUsd / Math.max(data.totals.queries, 1))} a query
                  {data.totals.unpriced > 0 &&
                    ` · ${count(data.totals.unpriced)} queries without a known price are not in it`}
                  {data.compared &&
                    ` · ${deltaText(data.totals.costUsd, data.compared.totals.costUsd, params.get('compare')) ?? 'nothing to compare with'}`}
                </span>
                <ChartControls metric={metric} standard="cost" />
              </div>
              <Chart time={data} metric={metric} zone={zone} height={140} onBrush={brush} />
            </>
          )}
        </Panel>
      </section>
      <MonthCard />
      <ReservationsCard />
      <UnpricedCard />
      <fieldset className="switch wide" aria-label="By">
        {COST_KEYS.map((key) => (
          <button
            key={key.by}
            type="button"
            aria-pressed={by === key.by}
            onClick={() =>
              setParams(
                { by: key.by === 'workgroup' ? null : key.by, order: key.by === 'day' ? 'key' : null },
                { replace: true },
              )
            }
          >
            {key.title}
          </button>
        ))}
      </fieldset>
      <div className="panel">
        {by === 'cost-center' ? <CostCenters /> : by === 'tag' ? <Tags /> : <GroupTable key={by} by={by} />}
      </div>
      <p className="page-note soft">
        Prices kept with the reports, else list prices: bytes scanned, rounded up to a megabyte, ten at least; failed
        queries, DDL and reused results are free. S3 requests, KMS and Glue are not in it.
      </p>
    </div>
  );
}
