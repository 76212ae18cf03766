import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../look/sparkline.js';
import { cutToWidth, formatTable, wrapped } from './table.js';

describe('a terminal table', () => {
  it('aligns by the columns that characters take', () => {
    const text = formatTable({
      columns: [{ title: 'who' }, { title: 'n', align: 'right' }],
      rows: [
        ['李小龍', '7'],
        ['José', '12'],
        ['👩‍💻 dev', '3'],
      ],
      total: ['total', '22'],
    });
    const lines = text.trimEnd().split('\n');
    expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(new Set([stringWidth(lines[0] ?? '')]));
    expect(lines.at(-1)).toBe('total   22');
  });

  it('cuts without breaking a character', () => {
    expect(cutToWidth('日本語テキスト', 6)).toBe('日本…');
    expect(cutToWidth('short', 9)).toBe('short');
  });

  const wide = {
    columns: [
      { title: 'name', cut: 'middle' as const },
      { title: 'n', align: 'right' as const },
      { title: 'over time', isOptional: true },
    ],
    rows: [['arn:aws:iam::111122223333:role/Analyst', '7', '▁▂▃▄▅▆▇█']],
  };

  it('cuts nothing in a pipe', () => {
    expect(formatTable(wide)).toContain('arn:aws:iam::111122223333:role/Analyst  7  ▁▂▃▄▅▆▇█');
  });

  it('uses the width of a terminal: first goes what is optional, then names are cut in the middle', () => {
    expect(formatTable({ ...wide, width: 50 }).split('\n')[1]).toBe('arn:aws:iam::111122223333:role/Analyst  7');
    expect(formatTable({ ...wide, width: 30 }).split('\n')[1]).toBe('arn:aws:iam::…:role/Analyst  7');
    expect(formatTable({ ...wide, width: 3 }).split('\n')[1]).toBe('arn:aw…alyst  7');
  });

  it('never sends a terminal what a name smuggles in', () => {
    const table = formatTable({ columns: [{ title: 'x' }], rows: [['\x1b]0;owned\x07']] });
    expect(table).toBe('x\n\\u001b]0;owned\\u0007\n');
  });
});

describe('a sparkline', () => {
  it('rises from zero to the highest', () => {
    expect(sparkline([0, 1, 4, 8])).toBe(' ▁▄█');
  });

  it('shows the least bit, and nothing as nothing', () => {
    expect(sparkline([0.001, 100])).toBe('▁█');
    expect(sparkline([0, 0])).toBe('  ');
    expect(sparkline([])).toBe('');
  });
});

describe('a long text', () => {
  it('breaks between its words, and leaves a word that is longer than a line whole', () => {
    expect(wrapped('SELECT a FROM t', 8)).toEqual(['SELECT a', 'FROM t']);
    expect(wrapped('averylongword b c', 5)).toEqual(['averylongword', 'b c']);
    expect(wrapped('', 5)).toEqual(['']);
  });
});
