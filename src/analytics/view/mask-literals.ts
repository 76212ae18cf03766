/**
 * Replaces what a SQL text says about single things by `?`: strings, numbers, and the insides of comments. Names stay.
 * A quote or comment that is never closed masks everything after it.
 */
export function maskLiterals(sql: string): string {
  return sql.replace(TOKEN, (token) => {
    if (token.startsWith("'")) return '?';
    if (token.startsWith('--')) return '--';
    if (token.startsWith('/*')) return '/* */';
    return /^[\d.]/.test(token) ? '?' : token;
  });
}

/** Masks a message that may quote a statement: quoted parts and numbers of three digits and more. */
export function maskMessage(message: string): string {
  return message.replace(/'(?:[^']|'')*(?:'|$)/g, "'?'").replace(/\b\d{3,}(?:\.\d+)?\b/g, '?');
}

/** Comments, strings, quoted names, names, numbers: whatever matches first from the left wins. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|[\p{L}_@$][\p{L}\p{N}_@$]*|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/gu;
