import { type ReactNode, useState } from 'preact/compat';
import { useStatus } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, setParams, usePlace } from '../web/url.js';
import { ViewsMenu } from '../web/views-menu.js';
import { plural, time, zoneName } from './format.js';
import { Menu } from './menus.js';
import { PrintButton } from './paper.js';
import { Go } from './parts.js';
import { RowsNotice } from './rows-notice.js';

const RANGES = ['24h', '7d', '30d', '90d'] as const;

/** The page above. */
export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The head of every page: what it is, whether its numbers are complete, the time and the zone, and what can be done with it. */
export function PageHead({
  title,
  crumb,
  children,
  hasRange = true,
}: {
  readonly title: string;
  readonly crumb?: Crumb;
  readonly children?: ReactNode;
  readonly hasRange?: boolean;
}): ReactNode {
  return (
    <>
      <header className="page-head">
        <div className="title">
          {crumb && (
            <Go className="crumb" to={addressOf(crumb.path)}>
              {crumb.name} /
            </Go>
          )}
          <h1 className={title.length > 60 ? 'long' : undefined}>{title}</h1>
          <CoverageChip />
          <MaskChip />
        </div>
        <div className="tools">
          {hasRange && <RangePicker />}
          <ZoneToggle />
          {children}
          <ViewsMenu />
          <PrintButton title={title} hasRange={hasRange} />
        </div>
      </header>
      <RowsNotice />
    </>
  );
}

/** What an open hour is, in a sentence. */
export const OPEN_MEANS =
  'An open hour has its report already, but late events, or queries that were still running, may change it for up to 31 days: CloudTrail may deliver events that late.';

/** Whether what is shown is all there is; leads to the proof. */
function CoverageChip(): ReactNode {
  const status = useStatus();
  const { zone } = useZone();
  if (!status?.coverage?.collected) return null;
  const { gaps, faulty, open, complete, hours, collected } = status.coverage;
  const unread = status.places?.unread.length ?? 0;
  const bad = gaps + faulty + unread;
  const { state, done, total, error, warning } = status.sync;
  const text =
    bad > 0
      ? [
          gaps > 0 ? plural(gaps, 'gap') : '',
          faulty > 0 ? `${faulty} faulty` : '',
          unread > 0 ? `${plural(unread, 'place')} not read` : '',
        ]
          .filter(Boolean)
          .join(', ')
      : open === 0
        ? 'complete and final'
        : complete === 0
          ? 'nothing final yet'
          : `${plural(open, 'hour')} may still change`;
  return (
    <>
      <Go
        className={`chip ${bad > 0 ? 'bad' : open > 0 ? 'open' : 'good'}`}
        to={addressOf('/audit')}
        title={`${complete} of ${hours} hours are final. ${open > 0 ? `${OPEN_MEANS} ` : ''}Click for the proof.`}
      >
        <i aria-hidden="true" />
        {status.rows ? `from ${status.rows.from} ` : ''}through {time(collected.end, zone)} {zoneName(zone)} · {text}
      </Go>
      {state === 'reading' && total > 0 && (
        <span className="chip reading" role="status">
          reading {done} of {total} hours
        </span>
      )}
      {error && (
        <span className="chip bad" role="status" title={error}>
          cannot look for new reports
        </span>
      )}
      {!error && warning && (
        <span className="chip bad" role="status" title={warning}>
          not everything could be read
        </span>
      )}
    </>
  );
}

function MaskChip(): ReactNode {
  const { params } = usePlace();
  const isAuditor = useStatus()?.isAuditor ?? false;
  if (isAuditor) {
    return (
      <span className="chip masked" title="Literals in SQL never leave the server.">
        auditor mode
      </span>
    );
  }
  if (params.get('mask') !== '1') return null;
  return (
    <button type="button" className="chip masked" title="Show literals again" onClick={() => setParams({ mask: null })}>
      literals masked ✕
    </button>
  );
}

function RangePicker(): ReactNode {
  const { params } = usePlace();
  const { zone, reportZone } = useZone();
  const status = useStatus();
  const isCustom = params.has('from') || params.has('to');
  const range = params.get('range') ?? '7d';
  const custom = `${edgeText(params.get('from'), zone) || 'start'} – ${edgeText(params.get('to'), zone) || 'now'}`;
  return (
    <fieldset className="ranges" aria-label="Time range">
      {RANGES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={!isCustom && range === name}
          onClick={() => setParams({ range: name === '7d' ? null : name, from: null, to: null })}
        >
          {name}
        </button>
      ))}
      <Menu
        label={isCustom ? custom : range === 'all' ? 'All' : RANGES.some((name) => name === range) ? 'Custom' : range}
      >
        {(close) => <CustomRange close={close} zone={reportZone} collected={status?.coverage?.collected ?? null} />}
      </Menu>
    </fieldset>
  );
}

function edgeText(text: string | null, zone: string): string {
  if (!text) return '';
  return /T/.test(text) ? time(Date.parse(text), zone, 'short-minute') : text;
}

function CustomRange({
  close,
  zone,
  collected,
}: {
  readonly close: () => void;
  readonly zone: string;
  readonly collected: { readonly start: number; readonly end: number } | null;
}): ReactNode {
  const first = collected ? time(collected.start, zone, 'day') : '';
  const last = collected ? time(collected.end - 1, zone, 'day') : '';
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(last);
  return (
    <form
      className="custom-range"
      onSubmit={(event) => {
        event.preventDefault();
        setParams({ range: null, from, to });
        close();
      }}
    >
      <label>
        From day
        <input
          type="date"
          value={from}
          min={first}
          max={to || last}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label>
        To day, inclusive
        <input
          type="date"
          value={to}
          min={from || first}
          max={last}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <p className="soft">Days of {zoneName(zone)}. Or mark a span in the chart.</p>
      <p className="row">
        <button type="submit" className="primary">
          Show
        </button>
        <button
          type="button"
          onClick={() => {
            setParams({ range: 'all', from: null, to: null });
            close();
          }}
        >
          All of the time
        </button>
      </p>
    </form>
  );
}

function ZoneToggle(): ReactNode {
  const { zone, reportZone, toggle } = useZone();
  return (
    <button
      type="button"
      className="zone"
      onClick={toggle}
      title={`Times in ${zoneName(zone)}. Click for ${zone === 'UTC' ? zoneName(reportZone) : 'UTC'} (u).`}
    >
      {zone === 'UTC' ? 'UTC' : zoneName(zone)}
    </button>
  );
}
