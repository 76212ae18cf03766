import { hourName } from '../../calendar/hour-label.js';
import type { PackedHour } from '../pack/pack-document.js';
import { html } from './html-text.js';
import type { IndexFacts } from './index-facts.js';

/** How complete the period is: a square for each hour, then its account. */
export function hoursSections({ pack, hours, accounted }: IndexFacts): string {
  const several = pack.trees.length > 1;
  const days = new Map<string, PackedHour[]>();
  for (const hour of hours) {
    const key = `${hour.reportDate}${several ? ` · tree ${hour.tree}` : ''}`;
    days.set(key, [...(days.get(key) ?? []), hour]);
  }
  const labels = Array.from({ length: 24 }, (_, hour) => `<th>${String(hour).padStart(2, '0')}</th>`).join('');
  const lines = [...days].map(([day, of]) => {
    const cells = Array.from({ length: 24 }, (_, hour) => cellOf(of.find((one) => one.hour === hour)));
    const rows = of.reduce((sum, { selected }) => sum + selected, 0);
    return `<tr><th>${html(day)}</th>${cells.join('')}<td class="n">${rows.toLocaleString('en-US')}</td></tr>`;
  });
  const ledgers = hours.map((hour, index) => ledgerLine(hour, accounted[index]?.hour?.manifest ?? null, several));
  return `<h2 class="page">Completeness by hour</h2>
<p>Rows of the population in each hour. “·” is an hour without any, “open” may still change, “none” has no report, “bad” is faulty and its rows are left out. An empty cell is an hour that the clock skipped.</p>
<table class="days"><thead><tr><th>Day</th>${labels}<th class="n">Rows</th></tr></thead><tbody>${lines.join('')}</tbody></table>
<h3>The ledger of each hour</h3>
<p>starts read = duplicates + malformed + starts; starts = starts of executions + refused; rows = executions + unattributed + refused. “Here” is how many of an hour’s rows are in this pack.</p>
<table class="hours"><thead><tr><th>Hour</th><th>State</th>${LEDGER.map(([, title]) => `<th class="n">${title}</th>`).join('')}<th class="n">Rows</th><th class="n">Here</th><th class="n">Version</th></tr></thead><tbody>${ledgers.join('')}</tbody></table>`;
}

const LEDGER = [
  ['startsRead', 'Starts read'],
  ['duplicates', 'Duplicates'],
  ['malformed', 'Malformed'],
  ['executionStarts', 'Of executions'],
  ['repeatedStarts', 'Repeated'],
  ['executions', 'Executions'],
  ['unattributed', 'Unattributed'],
  ['refused', 'Refused'],
] as const;

const WORDS = { open: 'open', missing: 'none', faulty: 'bad' } as const;

function cellOf(hour: PackedHour | undefined): string {
  if (!hour) return '<td></td>';
  if (hour.state === 'complete') return `<td>${hour.selected === 0 ? '·' : hour.selected}</td>`;
  const rows = hour.state === 'open' && hour.selected > 0 ? `<br>${hour.selected}` : '';
  return `<td class="bad">${WORDS[hour.state]}${rows}</td>`;
}

type Manifest = NonNullable<NonNullable<IndexFacts['accounted'][number]['hour']>['manifest']>;

function ledgerLine(hour: PackedHour, manifest: Manifest | null, several: boolean): string {
  const cells = LEDGER.map(([name]) => `<td class="n">${manifest ? manifest.ledger[name] : ''}</td>`).join('');
  const tree = several ? `tree ${hour.tree} · ` : '';
  const faults = hour.faults.map((fault) => `<br>${html(fault)}`).join('');
  const isGood = hour.state === 'complete';
  return `<tr><td>${html(tree + hourName(hour))}</td><td${isGood ? '' : ' class="bad"'}>${hour.state}${faults}</td>${cells}<td class="n">${hour.rows ?? ''}</td><td class="n">${hour.selected}</td><td class="n">${manifest?.version ?? ''}</td></tr>`;
}
