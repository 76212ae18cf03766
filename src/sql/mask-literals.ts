/** What stands in the place of a literal; `?` for all of them, or a token that equal literals share. */
export type MaskLiteral = (literal: string) => string;

const QUESTION_MARK: MaskLiteral = () => '?';

/**
 * Replaces what a SQL text says about single things: strings, numbers, and the insides of comments. Names stay.
 * A quote or comment that is never closed masks everything after it. Strings reach `mask` without their quotes.
 */
export function maskLiterals(sql: string, mask: MaskLiteral = QUESTION_MARK): string {
  return sql.replace(TOKEN, (token) => {
    if (token.startsWith("'")) return mask(token.replace(/^'|'$/g, ''));
    if (token.startsWith('--')) return '--';
    if (token.startsWith('/*')) return '/* */';
    return /^[\d.]/.test(token) ? mask(token) : token;
  });
}

/** Masks a message that may quote a statement: quoted parts and numbers of three digits and more. */
export function maskMessage(message: string, mask: MaskLiteral = QUESTION_MARK): string {
  return message
    .replace(/'((?:[^']|'')*)(?:'|$)/g, (_, quoted: string) => `'${mask(quoted)}'`)
    .replace(/\b\d{3,}(?:\.\d+)?\b/g, (number) => mask(number));
}

/** Comments, strings, quoted names, names, numbers: whatever matches first from the left wins. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|[\p{L}_@$][\p{L}\p{N}_@$]*|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/gu;
