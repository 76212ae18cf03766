/**
 * Foreign text may hold what a terminal takes as a command: control characters (C0, DEL, C1), marks that turn the direction of
 * writing, and characters without width that hide others. They are shown as JSON writes them (`\u202e`), so that JSON stays what
 * it was.
 */
const COMMANDS = String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]`;
/** Joins emoji into one, as in 👩‍💻: no trick. */
const JOINER = String.raw`(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})`;
/** Colours and weights, which our own texts are painted with. */
const PAINT = String.raw`\u001b\[(?:\d{1,3}(?:;\d{1,3})*)?m`;

const IN_A_LINE = new RegExp(`${JOINER}|${COMMANDS}`, 'gu');
const IN_A_TEXT = new RegExp(`${PAINT}|[\\n\\t]|${JOINER}|${COMMANDS}`, 'gu');

/** Makes one line of a foreign text: line breaks and tabs become a space, what would command the terminal is shown. */
export function visibleText(text: string): string {
  return text.replace(/ *[\t\n\v\f\r][ \t\n\v\f\r]*/g, ' ').replace(IN_A_LINE, shown);
}

/** Shows what would command the terminal in a whole text; line breaks, tabs and paint stay. */
export function shownText(text: string): string {
  return text.replace(IN_A_TEXT, shown);
}

function shown(match: string): string {
  if (match === '\n' || match === '\t' || match === '\u200d' || (match.length > 1 && match.startsWith('\u001b')))
    return match;
  return Array.from({ length: match.length }, (_, at) => {
    return `\\u${match.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
