import { type Coverage, coverageOf } from '../../analytics/audit/audit.js';
import { unpricedOf } from '../../analytics/cost/unpriced.js';
import { histogramOf } from '../../analytics/time/histogram.js';
import { listQueries } from '../../analytics/view/list-queries.js';
import { centsText, centsThatAddUp, toCents, usdText } from '../../analytics/view/money.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { totalsOf } from '../../analytics/view/totals.js';
import type { Directory } from '../../identity/directory/directory-entries.js';
import { maskLiterals } from '../../sql/mask-literals.js';
import { reservationLines, reservationsIn } from '../money/reservation-lines.js';
import { unpricedLine } from '../money/unpriced-line.js';
import type { Masking } from '../terminal/mask-options.js';
import { bytesText, dayText, nobody, type ReportLine, reportLines, sumOf } from './report-lines.js';
import { missingText } from './view-options.js';

/**
 * One page that needs nothing but itself: no script, no network, light and dark, made to be printed. Texts of others are
 * escaped, and its policy forbids everything but its own style.
 */
export async function htmlReport(
  run: RunSql,
  options: {
    readonly scope: Scope;
    readonly timezone: string;
    readonly directory: Directory;
    readonly output: string;
    /** Null for texts as they were run. */
    readonly mask: Masking | null;
    readonly now: number;
  },
): Promise<string> {
  const { scope, timezone, directory, output } = options;
  const totals = await totalsOf(run, scope);
  const coverage = await coverageOf(run);
  const { bars } = await histogramOf(run, scope, timezone);
  const masked = (sql: string) => (options.mask === null ? sql : maskLiterals(sql, options.mask.literal));
  const sections: string[] = [];
  const keys = [
    ['person', 'People and workloads'],
    ['team', 'Teams'],
    ...(directory.chargeback.length > 0 ? [['cost-center', 'Cost centres']] : []),
    ['workgroup', 'Workgroups'],
    ['table', 'Tables'],
    ['app', 'Tools'],
  ];
  for (const [by = '', title = ''] of keys) {
    sections.push(section(title, by, await reportLines(run, scope, { by, directory })));
  }
  const reserved = reservationLines(await reservationsIn(run, scope));
  if (reserved.length > 0)
    sections.push(
      `<section><h2>Capacity reservations</h2>${reserved.map((line) => `<p>${html(line)}</p>`).join('')}</section>`,
    );
  const untold = unpricedLine(await unpricedOf(run, scope));
  if (untold !== null) sections.push(`<section><h2>Without a known cost</h2><p>${html(untold)}</p></section>`);
  const mostExpensive = await listQueries(run, scope, {
    sort: { by: 'cost', isAscending: false },
    limit: 15,
    offset: 0,
  });
  const period = `${dayText(scope.window.start, timezone)} – ${dayText(scope.window.end, timezone)} ${timezone}`;
  const missing = missingText(coverage, output);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Athena queries, ${html(period)}</title><style>${STYLE}</style></head><body><main>
<header><h1>Athena queries</h1><p>${html(period)}</p>
${completeness(coverage, missing)}</header>
<dl>${tile('Queries', totals.queries.toLocaleString('en-US'))}${tile('Cost', `$${usdText(BigInt(Math.round(totals.costUsd * 1e9)))}`)}${tile(
    'Scanned',
    bytesText(totals.scannedBytes),
  )}${tile('People and workloads', String(totals.people))}${tile('Failed', totals.failed.toLocaleString('en-US'))}${tile('Refused', totals.refused.toLocaleString('en-US'))}</dl>
<section><h2>Cost over time</h2>${chart(bars.map(({ start, costUsd }) => ({ label: dayText(start, timezone), value: costUsd })))}</section>
${sections.join('\n')}
<section><h2>Most expensive queries</h2><table><thead><tr><th>When (${html(timezone)})</th><th>Who</th><th>Query</th><th class="n">Scanned</th><th class="n">Cost $</th></tr></thead><tbody>${mostExpensive
    .map(
      (row) =>
        `<tr><td>${html(dayText(Number(row.at), timezone))}</td><td>${html(String(row.person ?? row.username ?? ''))}</td><td><code>${html(masked(String(row.sql ?? '')).slice(0, 160))}</code></td><td class="n">${bytesText(Number(row.bytes ?? 0))}</td><td class="n">${centsText(toCents(BigInt(Math.round(Number(row.cost_usd ?? 0) * 1e9))))}</td></tr>`,
    )
    .join('')}</tbody></table></section>
<footer>Made by athena-query-tracker from ${html(options.output)}, ${html(new Date(options.now).toISOString())}. Costs are by the prices kept with the reports, else list prices, split evenly over the tables a query reads; lines add up to their total.${options.mask === null ? '' : ' Literals in SQL texts are masked.'}</footer>
</main></body></html>
`;
}

/** Whether that is all there is: never complete and open in one breath. */
function completeness({ hours, open }: Coverage, missing: string | null): string {
  if (missing !== null) return `<p class="bad">Incomplete: ${html(missing)}</p>`;
  if (open === 0)
    return `<p class="good">Complete and final: all ${hours} collected hours have a report that its manifest vouches for.</p>`;
  return `<p>Nothing is missing of what CloudTrail has delivered: all ${hours} collected hours have a report that its manifest vouches for. ${open === hours ? 'All' : `${open} of them`} may still change until 31 days after they end, for CloudTrail may deliver events that late.</p>`;
}

function tile(name: string, value: string): string {
  return `<div><dt>${html(name)}</dt><dd>${html(value)}</dd></div>`;
}

const LINES = 15;

function section(title: string, by: string, lines: readonly ReportLine[]): string {
  const named = lines.filter(({ key }) => key !== null);
  const rest = named.slice(LINES);
  const none = lines.filter(({ key }) => key === null);
  const shown = [
    ...named.slice(0, LINES).map((line) => ({ ...line, label: line.key ?? '' })),
    ...(rest.length > 0 ? [{ ...sumOf(rest), label: `${rest.length} more` }] : []),
    ...none.map((line) => ({ ...line, label: nobody(by) })),
  ];
  const cents = centsThatAddUp(shown.map(({ nanos }) => nanos));
  const total = lines.reduce((all, { nanos }) => all + nanos, 0n);
  const rows = shown.map((line, index) => {
    const share = total === 0n ? 0 : (Number(line.nanos) / Number(total)) * 100;
    return `<tr><td>${html(line.label)}</td><td class="n">${line.queries.toLocaleString('en-US')}</td><td class="n">${bytesText(line.scannedBytes)}</td><td class="n">${centsText(cents[index] ?? 0n)}</td><td class="bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${share.toFixed(2)}" height="8"/></svg><span>${share.toFixed(1)} %</span></td></tr>`;
  });
  return `<section><h2>${html(title)}</h2><table><thead><tr><th>${html(by)}</th><th class="n">Queries</th><th class="n">Scanned</th><th class="n">Cost $</th><th>Share</th></tr></thead><tbody>${rows.join('')}</tbody><tfoot><tr><th>total</th><td></td><td></td><td class="n">${centsText(toCents(total))}</td><td></td></tr></tfoot></table></section>`;
}

function chart(points: readonly { readonly label: string; readonly value: number }[]): string {
  const highest = Math.max(...points.map(({ value }) => value), 0.01);
  const width = 1000 / Math.max(points.length, 1);
  const bars = points.map(({ label, value }, index) => {
    const height = (value / highest) * 140;
    return `<rect x="${(index * width).toFixed(2)}" y="${(150 - height).toFixed(2)}" width="${(width * 0.85).toFixed(2)}" height="${height.toFixed(2)}"><title>${html(label)}: $${value.toFixed(2)}</title></rect>`;
  });
  const first = points[0]?.label ?? '';
  const last = points.at(-1)?.label ?? '';
  return `<svg class="chart" viewBox="0 0 1000 152" role="img" aria-label="Cost over time, at most $${highest.toFixed(2)} a bar">${bars.join('')}</svg><p class="axis"><span>${html(first)}</span><span>${html(last)}</span></p>`;
}

/** Escapes text of others for an element or an attribute. */
function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark;--ink:#1b1f27;--soft:#667085;--line:#e3e7ee;--bar:#3563e9;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#98a2b3;--line:#2a2f3a;--bar:#7c9cff;--paper:#12151b}}
@media print{:root{--ink:#000;--soft:#444;--line:#ccc;--bar:#3563e9;--paper:#fff}section{break-inside:avoid}main{padding:0}}
body{margin:0;background:var(--paper);color:var(--ink);font:13px/1.5 system-ui,sans-serif}main{max-width:920px;margin:0 auto;padding:32px 20px}
h1{font-size:22px;margin:0}h2{font-size:14px;margin:28px 0 8px}header p{margin:4px 0;color:var(--soft)}header .good{color:#18794e}header .bad{color:#c62a2f;font-weight:600}
dl{display:flex;flex-wrap:wrap;gap:8px 32px;margin:20px 0}dt{color:var(--soft);font-size:12px}dd{margin:0;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:4px 8px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:500;color:var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:16px}tfoot td,tfoot th{font-weight:600;color:var(--ink)}
code{font:11px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}svg rect{fill:var(--bar)}.chart{width:100%;height:152px;border-bottom:1px solid var(--line)}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:11px;margin:4px 0}.bar{width:150px;white-space:nowrap}.bar svg{width:84px;height:8px;margin-right:8px}.bar span{color:var(--soft);font-size:11px}
footer{margin-top:32px;color:var(--soft);font-size:11px}`;
