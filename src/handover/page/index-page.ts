import type { PackDocument, PackedFindings, PackedHour } from '../pack/pack-document.js';
import { CONTROL_ANSWERS, LIMITS } from './controls.js';
import { html } from './html-text.js';
import type { IndexFacts } from './index-facts.js';
import { hoursSections } from './index-hours.js';
import { checkSection, filesSection } from './index-proof.js';
import { sampleSection } from './index-sample.js';
import { INDEX_STYLE } from './index-style.js';

/** The page with which a pack is opened: it needs nothing but itself, and can be printed. */
export function indexPage(facts: IndexFacts): string {
  const { pack } = facts;
  const period = pack.from === pack.to ? pack.from : `${pack.from} to ${pack.to}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Athena queries, ${html(period)}: evidence</title><style>${INDEX_STYLE}</style></head><body><main>
<h1>Evidence: Athena queries, ${html(period)}</h1>
<p class="soft">${pack.filters.length > 0 ? html(pack.filters.join(' ')) : 'Every query and every refused attempt.'}</p>
${verdict(facts)}
${askedSection(facts)}
${populationSection(pack)}
${peopleSection(pack)}
${findingsSection(facts.findings)}
${limitsSection(pack)}
${controlsSection()}
${checkSection(facts)}
${hoursSections(facts)}
${sampleSection(facts)}
${filesSection(facts)}
<footer>Made by ${html(pack.generator)} at ${html(pack.madeAt)}.</footer>
</main></body></html>
`;
}

/** The first thing to read: what is wrong, or that nothing is. */
function verdict({ pack, hours, findings, details, signer }: IndexFacts): string {
  const count = (state: PackedHour['state']) => hours.filter((hour) => hour.state === state).length;
  const are = (number: number, one: string, many: string) => (number === 1 ? one : many);
  const open = findings.findings.filter(({ accepted }) => accepted === null);
  const differing = details.filter(({ sampled }) => sampled.differs?.length !== 0);
  const troubles = [
    ...(count('missing') > 0
      ? [`${plural(count('missing'), 'hour')} of the period ${are(count('missing'), 'has', 'have')} no report.`]
      : []),
    ...(count('faulty') > 0
      ? [
          `${plural(count('faulty'), 'hour')} ${are(count('faulty'), 'is', 'are')} faulty: what is wrong stands below, beside ${are(count('faulty'), 'it', 'each of them')}.`,
        ]
      : []),
    ...(count('open') > 0
      ? [`${plural(count('open'), 'hour')} may still change: ${are(count('open'), 'it is', 'they are')} not final yet.`]
      : []),
    ...findings.faults.map((fault) => `Unexplained: ${fault}`),
    ...open.map(({ text }) => `Found, and nobody accepted it: ${text}`),
    ...(differing.length > 0
      ? [`${plural(differing.length, 'row')} of the sample cannot be made again from the evidence as they are.`]
      : []),
    ...(signer === null ? ['Nobody signed this pack: its hashes show only that its files belong together.'] : []),
  ];
  const rows = `${pack.population.rows.toLocaleString('en-US')} rows in ${plural(hours.length, 'hour')}`;
  if (troubles.length === 0)
    return `<div class="verdict good">Complete: ${rows}, and nothing is unexplained.<p>Every hour of the period has a final report that agrees with its ledger and with the chain of seals, and every finding was accepted.</p></div>`;
  return `<div class="verdict bad">Read this first: ${rows}, and ${plural(troubles.length, 'thing')} to know.<ul>${troubles.map((text) => `<li>${html(text)}</li>`).join('')}</ul></div>`;
}

function askedSection({ pack }: IndexFacts): string {
  const masked = {
    'question-marks':
      'Every string and number in SQL texts is “?”. Comments and quoted parts of messages are left out.',
    tokens:
      'Every string and number in SQL texts is a keyed token: equal values have equal tokens. Comments are left out.',
    none: 'Nothing: SQL texts are as they were run, with the values in them.',
  }[pack.mask ?? 'none'];
  const facts: readonly (readonly [string, string])[] = [
    ['Report days', `${pack.from} to ${pack.to}, both included, days of ${pack.timezone}`],
    ['Filters', pack.filters.length > 0 ? pack.filters.join(' ') : 'none'],
    ['Asked by', pack.madeBy],
    ['Made at', pack.madeAt],
    ['Command', pack.command],
    ['Program', pack.generator],
    ['Masked', masked],
    ...pack.trees.map(
      ({ number, name, seals, head }) =>
        [
          pack.trees.length > 1 ? `Tree ${number}: ${name || 'the root'}` : 'Chain of seals',
          head === null ? 'there is none: nothing shows a later change' : `${plural(seals, 'seal')}, head ${head}`,
        ] as const,
    ),
  ];
  return `<h2>What was asked</h2><table class="facts">${facts.map(([name, value]) => `<tr><th>${html(name)}</th><td>${html(value)}</td></tr>`).join('')}</table>`;
}

function populationSection({ population }: PackDocument): string {
  const states = Object.entries(population.states).map(
    ([state, rows]) => `<tr><td>${html(state)}</td><td class="n">${rows.toLocaleString('en-US')}</td></tr>`,
  );
  return `<h2>The population</h2><p>Each row is one execution, or one attempt that AWS refused. The rows are in <code>rows.csv</code> and, the same, in <code>rows.parquet</code>; times are UTC.</p>
<table><thead><tr><th>State</th><th class="n">Rows</th></tr></thead><tbody>${states.join('')}</tbody><tfoot><tr><th>all</th><th class="n">${population.rows.toLocaleString('en-US')}</th></tr></tfoot></table>`;
}

/** So many people are named; the rows name all. */
const MOST_PEOPLE = 300;

function peopleSection({ population }: PackDocument): string {
  const shown = population.people.slice(0, MOST_PEOPLE);
  const more = population.people.length - shown.length;
  const lines = shown.map(
    ({ person, kind, method, confidence, rows }) =>
      `<tr><td>${person === null ? '<span class="soft">unresolved</span>' : html(person)}</td><td>${html(kind)}</td><td>${html(method)}</td><td>${html(confidence)}</td><td class="n">${rows.toLocaleString('en-US')}</td></tr>`,
  );
  return `<h2>Who, how we know, and how sure that is</h2><table><thead><tr><th>Person or workload</th><th>Kind</th><th>How we know</th><th>How sure</th><th class="n">Rows</th></tr></thead><tbody>${lines.join('')}</tbody></table>${more > 0 ? `<p class="soft">And ${more} more, in the rows.</p>` : ''}`;
}

function findingsSection({ faults, findings }: PackedFindings): string {
  if (faults.length + findings.length === 0)
    return '<h2>Findings</h2><p>Verification found nothing that somebody would have to look at.</p>';
  const lines = [
    ...faults.map((fault) => `<tr><td class="bad state">unexplained</td><td>${html(fault)}</td><td></td></tr>`),
    ...findings.map(({ text, accepted }) =>
      accepted === null
        ? `<tr><td class="bad state">open</td><td>${html(text)}</td><td></td></tr>`
        : `<tr><td class="state">accepted</td><td>${html(text)}</td><td>${html(accepted.acceptedAt)}: ${html(accepted.reason)}</td></tr>`,
    ),
  ];
  return `<h2>Findings, and what was accepted</h2><table><thead><tr><th></th><th>What was found</th><th>Accepted</th></tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

function limitsSection({ mask }: PackDocument): string {
  const masked =
    mask === null
      ? []
      : [
          'Texts are masked, so columns that come from them (tables, columns, the tool in a comment) cannot be made again from what is enclosed.',
        ];
  return `<h2>What this does not prove</h2><ul>${[...LIMITS, ...masked].map((limit) => `<li>${html(limit)}</li>`).join('')}</ul>`;
}

function controlsSection(): string {
  const lines = CONTROL_ANSWERS.map(
    ({ control, asks, gets, lacks }) =>
      `<tr><th>${html(control)}</th><td>${html(asks)}</td><td>${html(gets)}</td><td>${html(lacks)}</td></tr>`,
  );
  return `<h2>What a control question gets from this pack</h2><p>This is no statement of compliance: whether a control is met is for an auditor to say.</p><table><thead><tr><th>Control</th><th>Asks</th><th>Gets</th><th>Does not get</th></tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}
