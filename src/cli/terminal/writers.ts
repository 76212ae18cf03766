import type { Io } from './io.js';
import { shownText } from './visible-text.js';

/** The one place at which text leaves for a terminal: nothing foreign in it commands one. */
export function writersTo(target: {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isStdoutTty: boolean;
}): Pick<Io, 'stdout' | 'data' | 'stderr' | 'status'> {
  const { out, err, isStdoutTty } = target;
  return {
    stdout: (text) => out(shownText(text)),
    data: (text) => out(isStdoutTty ? shownText(text) : text),
    stderr: (text) => err(shownText(text)),
    status: (line) => err(`\r\x1b[K${shownText(line)}`),
  };
}
