import { describe, expect, it } from 'vitest';
import { findingOf } from '../../findings/finding.js';
import { nextSteps } from './verify-text.js';

const NONE = { checkedHours: [], treeFaults: [] };
const days = { from: '2026-11-03', to: '2026-11-04' };
const label = { reportDate: '2026-11-03', hour: 5 };

describe('what verify tells to do', () => {
  const steps = (finding: ReturnType<typeof findingOf>) =>
    nextSteps('reports', { ...NONE, findings: [{ ...finding, tree: '', accepted: null }] }).join('\n');

  it('of what was not read: collect again, and nothing of evidence that is gone', () => {
    const note = { name: 'x.zip', reason: 'it is damaged', wayOut: 'mend it', hours: 2 };
    const said = steps(findingOf('unread-file', note, { days }));
    expect(said).toContain(
      'is read, once it can be, by aqt collect --from 2026-11-03 --to 2026-11-04 --output reports',
    );
    expect(said).not.toContain('evidence is gone');
  });

  it('of evidence that is gone: put it back', () => {
    expect(steps(findingOf('evidence-gone', { label, partsGone: 1 }, { label }))).toContain('put _work/evidence/ back');
  });
});
