import { hourName } from '../../calendar/hour-label.js';
import { sampleFile } from '../pack/pack-document.js';
import type { SampleDetail } from '../pack/write-sample.js';
import { html } from './html-text.js';
import type { IndexFacts } from './index-facts.js';

/** The sample: each row, and the events behind it. */
export function sampleSection({ pack, details }: IndexFacts): string {
  const { seed, size } = pack.sample;
  const how = `Of all rows, the ${size} whose sha256 of “seed, space, id” is smallest; the id is the execution’s, or “event” and the event’s of a refused attempt. The seed is <code>${html(seed)}</code>. Whoever has the rows can draw the same sample.`;
  return `<h2 class="page">A sample, with the CloudTrail event behind each row</h2><p>${how}</p>${details.map(rowSection).join('')}`;
}

/** So much of a text is shown; the rows have all of it. */
const MOST_CHARACTERS = 1500;

function rowSection({ sampled, row, starts }: SampleDetail): string {
  const { number, differs, id } = sampled;
  const again =
    differs === null
      ? '<span class="bad">The evidence does not make this row: it is gone or damaged.</span>'
      : differs.length > 0
        ? `<span class="bad">Made again from the evidence, it differs in ${html(differs.join(', '))}.</span>`
        : '<span class="good">Made again from the evidence below, it is the same in every column.</span>';
  const who = row ? `${row.person ?? 'unresolved'}: ${row.identity_method}, ${row.identity_confidence}` : '';
  const what = row
    ? [row.state, row.workgroup, ...(row.tables_read ?? []), ...(row.tables_written ?? []).map((table) => `→ ${table}`)]
    : [];
  const text = row?.query ?? '';
  const shown = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
  const events = starts.map((start) => `<pre>${html(JSON.stringify(withoutNulls(start), null, 1))}</pre>`).join('');
  return `<div class="row"><h3>${number}. ${html(id)}, ${html(hourName(sampled))}</h3>
<p>${html(who)}<br>${html(what.flatMap((part) => part ?? []).join(' · '))}<br>${again}</p>${shown === '' ? '' : `<pre>${html(shown)}</pre>`}${events === '' ? '<p class="soft">No CloudTrail event showed it.</p>' : events}<p class="soft">All of its evidence: <code>${sampleFile(number)}</code></p></div>`;
}

/** What the event does not say is left out, to be read more easily; the file has it all. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(said.map(([name, member]) => [name, withoutNulls(member)]));
}
