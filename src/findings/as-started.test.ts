import { describe, expect, it } from 'vitest';
import { asStarted } from './as-started.js';

describe('hints', () => {
  it('name the program as it was started', () => {
    const clone = (text: string) => asStarted(text, 'node dist/cli.js');
    expect(clone('Next: aqt verify reports')).toBe('Next: node dist/cli.js verify reports');
    expect(clone('run `aqt settle --mend`, or aqt <command> --help')).toBe(
      'run `node dist/cli.js settle --mend`, or node dist/cli.js <command> --help',
    );
    expect(asStarted('aqt verify it', "node '/a $& b/cli.js'")).toBe("node '/a $& b/cli.js' verify it");
  });

  it('leave alone what is no command', () => {
    for (const text of ['aqt: no AWS Region', 'npx/aqt demo', 'aqt serve: it broke', '@aqt demo'])
      expect(asStarted(text, 'node dist/cli.js')).toBe(text);
    expect(asStarted('aqt demo', 'aqt')).toBe('aqt demo');
  });
});
