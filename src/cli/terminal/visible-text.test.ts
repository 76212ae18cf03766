import { describe, expect, it } from 'vitest';
import { shownText, visibleText } from './visible-text.js';
import { writersTo } from './writers.js';

describe('foreign text', () => {
  it.each([
    ['an escape sequence', 'a\x1b[2Jb', 'a\\u001b[2Jb'],
    ['the title of the window', '\x1b]0;owned\x07', '\\u001b]0;owned\\u0007'],
    ['C1', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['DEL and backspace', 'a\x7f\bb', 'a\\u007f\\u0008b'],
    ['direction', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
    ['isolates', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['no width', 'ad\u200bmin\ufeff\u2060', 'ad\\u200bmin\\ufeff\\u2060'],
    ['tags, which are two units', 'a\u{e0041}', 'a\\udb40\\udc41'],
    ['lines of Unicode', 'a\u2028b', 'a\\u2028b'],
  ])('shows %s', (_, text, expected) => {
    expect(visibleText(text)).toBe(expected);
    expect(shownText(text)).toBe(expected);
  });

  it('keeps what people write, and emoji that are joined', () => {
    const text = 'José 李小龍 👩‍💻 🏳️‍🌈 שלום 100 %';
    expect(visibleText(text)).toBe(text);
    expect(shownText(text)).toBe(text);
  });

  it('is one line in a cell; a whole text keeps its lines and its paint', () => {
    expect(visibleText('SELECT \r\n\t1')).toBe('SELECT 1');
    expect(visibleText('█   ▅')).toBe('█   ▅');
    expect(shownText('\x1b[1mhead\x1b[0m\n\tone\r\n')).toBe('\x1b[1mhead\x1b[0m\n\tone\\u000d\n');
    expect(visibleText('\x1b[1mhead')).toBe('\\u001b[1mhead');
  });

  it('stays what it was in JSON', () => {
    const name = 'log\u202e\u200b\x7f.gz';
    expect(JSON.parse(shownText(JSON.stringify({ name })))).toEqual({ name });
  });
});

describe('what a command writes', () => {
  const written = (isStdoutTty: boolean) => {
    const lines: string[] = [];
    const io = writersTo({ out: (text) => lines.push(text), err: (text) => lines.push(text), isStdoutTty });
    for (const write of [io.stdout, io.data, io.stderr, io.status]) write('a\u202e');
    return lines;
  };

  it('never holds a foreign command; data is as it is, but on a terminal', () => {
    const [shown, status] = ['a\\u202e', '\r\x1b[Ka\\u202e'];
    expect(written(false)).toEqual([shown, 'a\u202e', shown, status]);
    expect(written(true)).toEqual([shown, shown, shown, status]);
  });
});
