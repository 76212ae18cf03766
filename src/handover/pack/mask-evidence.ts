import type { Start } from '../../cloudtrail/start.js';
import type { ObservedAnswer } from '../../record/answer.js';
import type { Definition } from '../../sql/definition-book.js';
import { type MaskLiteral, maskLiterals, maskMessage } from '../../sql/mask-literals.js';
import type { HourLine } from '../../tree/evidence/evidence-lines.js';
import type { PlacedLine } from './recompute-row.js';

/** Takes out of a line of the evidence what is taken out of its row. */
export function maskLine({ folder, text }: PlacedLine, mask: MaskLiteral): PlacedLine {
  const line = JSON.parse(text) as HourLine;
  if ('start' in line) return { folder, text: JSON.stringify({ ...line, start: maskStart(line.start, mask) }) };
  if ('answer' in line) return { folder, text: JSON.stringify({ ...line, answer: maskAnswer(line.answer, mask) }) };
  return { folder, text };
}

export function maskDefinition(definition: Definition, mask: MaskLiteral): Definition {
  return { ...definition, text: sql(definition.text, mask) };
}

function maskStart(start: Start, mask: MaskLiteral): Start {
  return {
    ...start,
    queryString: sql(start.queryString, mask),
    errorMessage: message(start.errorMessage, mask),
  };
}

function maskAnswer(observed: ObservedAnswer, mask: MaskLiteral): ObservedAnswer {
  const { answer } = observed;
  if (answer.outcome !== 'found') return observed;
  const { query, stateReason, errorMessage } = answer.execution;
  const execution = {
    ...answer.execution,
    query: sql(query, mask),
    stateReason: message(stateReason, mask),
    errorMessage: message(errorMessage, mask),
  };
  return { ...observed, answer: { ...answer, execution } };
}

function sql(text: string | null, mask: MaskLiteral): string | null {
  return text === null ? null : maskLiterals(text, mask);
}

function message(text: string | null, mask: MaskLiteral): string | null {
  return text === null ? null : maskMessage(text, mask);
}
