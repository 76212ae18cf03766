import type { ReactNode } from 'preact/compat';
import type { GroupRow } from '../../analytics/groups/groups.js';
import type { Totals } from '../../analytics/view/totals.js';
import { Chart } from '../chart/chart.js';
import { ChartControls } from '../chart/chart-controls.js';
import { metricOf } from '../chart/chart-scale.js';
import { deltaText } from '../chart/compared.js';
import { EmptyView } from '../lists/empty-view.js';
import { bytes, count, nanosUsd, percent, plural, shortTable, shortUsd, usd } from '../parts/format.js';
import { CopyMenu } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Confidence, Go, KindTag, LoadingDays, Panel, Share, Tile } from '../parts/parts.js';
import { SqlLine } from '../parts/sql-line.js';
import { UnreadNotice } from '../parts/unread-notice.js';
import { REFUSED, useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, brush, ownFilters, timeQuery, usePlace } from '../web/url.js';
import { DaySums } from './day-sums.js';
import { Health, Worth } from './overview-cards.js';

/** The first page: what happened, what it cost, who, and whether that is all of it. */
export function PageOverview(): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const metric = metricOf(params.get('metric') ?? 'cost');
  const answer = useApi('/overview', timeQuery(params, metric));
  const isRefused = answer.error?.status === REFUSED && !answer.error.isLetGo;
  // The sums of days are no answer to a view with filters: while rows are loaded nobody is told so.
  const hasSums = isRefused || (answer.loading !== null && Object.keys(ownFilters(params)).length === 0);
  return (
    <div className="page-overview">
      <PageHead title="Overview">
        <CopyMenu copy={answer.data?.copy} />
      </PageHead>
      <UnreadNotice />
      {answer.loading && <LoadingDays loading={answer.loading} />}
      <Panel answer={answer.loading ? { ...answer, data: null, loading: null } : answer} skeleton={hasSums ? 0 : 18}>
        {(data) =>
          data.totals.queries + data.totals.refused === 0 ? (
            <EmptyView />
          ) : (
            <>
              <Tiles totals={data.totals} previous={knownBefore(data.compared?.totals ?? data.previous)} />
              <section className="panel chart-panel" aria-label="Over time">
                <div className="panel-head">
                  <h2>Over time</h2>
                  <ChartControls metric={metric} standard="cost" />
                </div>
                <Chart time={data} metric={metric} zone={zone} height={168} onBrush={brush} />
              </section>
              <div className="overview-grid">
                <PeopleAndTables {...data} />
                <Worth notable={data.notable} />
                <Workgroups {...data} />
                <TopList
                  title="Query patterns"
                  path="/queries?group=pattern"
                  rows={data.patterns}
                  total={data.totals.costUsd}
                  name={patternName}
                />
                <Health />
              </div>
            </>
          )
        }
      </Panel>
      {hasSums && <OverviewOfSums query={timeQuery(params, metric)} />}
    </div>
  );
}

/** What of the overview follows from the sums of days, where their rows are not here. */
export function OverviewOfSums({ query }: { readonly query: string }): ReactNode {
  return (
    <DaySums
      query={query}
      show={(sums) => (
        <>
          <Tiles totals={sums.totals} previous={null} />
          <div className="overview-grid">
            <PeopleAndTables {...sums} />
            <Workgroups {...sums} />
          </div>
        </>
      )}
    />
  );
}

interface Lists {
  readonly people: readonly GroupRow[];
  readonly tables: readonly GroupRow[];
  readonly workgroups: readonly GroupRow[];
  readonly totals: Totals;
}

function PeopleAndTables({ people, tables, totals }: Lists): ReactNode {
  return (
    <>
      <TopList title="People and workloads" path="/people" rows={people} total={totals.costUsd} name={personName} />
      <TopList
        title="Tables"
        path="/tables"
        rows={tables}
        total={totals.costUsd}
        name={(row) =>
          row.key === null ? <em>no table</em> : <Go to={addressOf(`/tables/${row.key}`)}>{shortTable(row.key)}</Go>
        }
      />
    </>
  );
}

function Workgroups({ workgroups, totals }: Lists): ReactNode {
  return (
    <TopList
      title="Workgroups"
      path="/workgroups"
      rows={workgroups}
      total={totals.costUsd}
      name={(row) => <Go to={addressOf(`/workgroups/${row.key ?? '(none)'}`)}>{row.key ?? 'none'}</Go>}
    />
  );
}

/** Of a time before the first collected hour nothing is known: there is nothing to compare with. */
function knownBefore(totals: Totals | null): Totals | null {
  return totals && totals.queries + totals.refused > 0 ? totals : null;
}

function Tiles({ totals, previous }: { readonly totals: Totals; readonly previous: Totals | null }): ReactNode {
  const { params } = usePlace();
  const compare = params.get('compare');
  const rate = (part: Totals): number => (part.queries === 0 ? 0 : part.failed / part.queries);
  return (
    <dl className="tiles">
      <Tile
        name="Queries"
        value={count(totals.queries)}
        delta={deltaText(totals.queries, previous?.queries, compare)}
      />
      <Tile
        name="Cost"
        value={shortUsd(totals.costUsd)}
        title={`$${totals.costUsd.toFixed(2)}${totals.unpriced > 0 ? `, and ${plural(totals.unpriced, 'query', 'queries')} without a known price` : ''}`}
        delta={deltaText(totals.costUsd, previous?.costUsd, compare)}
      />
      <Tile
        name="Scanned"
        value={bytes(totals.scannedBytes)}
        delta={deltaText(totals.scannedBytes, previous?.scannedBytes, compare)}
      />
      <Tile
        name="People and workloads"
        value={count(totals.people)}
        delta={previous ? signed(totals.people - previous.people) : undefined}
      />
      <Tile
        name="Failed"
        value={percent(totals.failed, totals.queries)}
        {...(totals.failed > 0 ? { to: addressOf('/queries', { state: 'FAILED' }) } : {})}
        delta={previous ? `${signed(Number(((rate(totals) - rate(previous)) * 100).toFixed(1)))} points` : undefined}
      />
      <Tile
        name="Refused attempts"
        value={count(totals.refused)}
        {...(totals.refused > 0 ? { to: addressOf('/queries', { state: 'REFUSED' }) } : {})}
        delta={previous ? signed(totals.refused - previous.refused) : undefined}
      />
    </dl>
  );
}

function signed(value: number): string {
  return value === 0 ? '±0' : `${value > 0 ? '+' : '−'}${count(Math.abs(value))}`;
}

function personName(row: GroupRow): ReactNode {
  if (row.key === null)
    return (
      <Go to={addressOf('/identities')}>
        <em>unresolved</em>
      </Go>
    );
  return (
    <>
      <Confidence level={String(row.confidence ?? 'verified')} />
      <Go to={addressOf(`/people/${row.key}`)}>{row.key}</Go> <KindTag kind={row.kind} />
    </>
  );
}

function patternName(row: GroupRow): ReactNode {
  return (
    <Go
      className="pattern"
      to={addressOf('/queries', { fingerprint: row.key ?? '(none)' })}
      title={row.sample ?? 'no text'}
    >
      <SqlLine facts={{ ...row, sql: row.sample, type: row.type }} />
    </Go>
  );
}

function TopList({
  title,
  path,
  rows,
  total,
  name,
}: {
  readonly title: string;
  readonly path: string;
  readonly rows: readonly GroupRow[];
  readonly total: number;
  readonly name: (row: GroupRow) => ReactNode;
}): ReactNode {
  const highest = Math.max(...rows.map((row) => nanosUsd(row.nanos)), 0);
  const [base = path, group] = path.split('?group=');
  return (
    <section className="panel top" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <Go to={addressOf(base, group ? { group } : {})}>All</Go>
      </div>
      <ol>
        {rows.map((row) => (
          <li key={row.key ?? ''}>
            <Share of={nanosUsd(row.nanos)} in={highest} />
            <span className="top-name">{name(row)}</span>
            <span className="n soft">{count(row.queries)}</span>
            <span className="n" title={`${percent(nanosUsd(row.nanos), total)} of the cost`}>
              {usd(nanosUsd(row.nanos))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
