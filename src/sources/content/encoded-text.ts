import { formatOf } from './format.js';

/** Bytes that stand in a text as base64 or hexadecimal, over several lines. */
export interface Encoded {
  readonly blocks: readonly Buffer[];
  /** Nothing else stands in the text. */
  readonly isAll: boolean;
}

/** Lines of mail and PEM have 64 or 76 characters; a shorter one ends a block. */
const FULL_LINE = 60;
/** A record alone takes more. */
const SHORTEST = 200;
const BASE64_LINE = /^[A-Za-z0-9+/_-]+={0,2}$/;
const HEX = /^[0-9A-Fa-f\s]+$/;
/** Most texts have no such line, and are not cut into lines to see that. */
const ANY_FULL_LINE = /^[A-Za-z0-9+/_-]{60,1000}={0,2}\r?$/m;
/**
 * Finds what a text holds as base64 that is broken into lines, or as hexadecimal: attachments of mails, outputs of `base64` and
 * `xxd -p`. A text whose lines hold one encoded value each is none of these.
 */
export function encodedIn(bytes: Buffer): Encoded {
  const text = bytes.toString('latin1');
  const hex = HEX.test(text.slice(0, SHORTEST)) && HEX.test(text) ? Buffer.from(text.replace(/\s+/g, ''), 'hex') : null;
  if (hex && hex.length * 2 >= SHORTEST && isOfInterest(hex)) return { blocks: [hex], isAll: true };
  const blocks: Buffer[] = [];
  if (!ANY_FULL_LINE.test(text)) return { blocks, isAll: false };
  let isAll = true;
  let open = '';
  let width = 0;
  const close = () => {
    const block = open.length >= SHORTEST ? Buffer.from(open, 'base64') : null;
    if (block && isOfInterest(block)) blocks.push(block);
    else if (open !== '') isAll = false;
    open = '';
  };
  for (const line of text.split(/\r?\n/)) {
    const isPart = line.length <= 1000 && BASE64_LINE.test(line);
    // All lines of a block but its last are equally long.
    if (isPart && (open === '' ? line.length >= FULL_LINE : line.length <= width)) {
      if (open === '') width = line.length;
      open += line;
      if (line.length < width) close();
    } else {
      close();
      if (line.trim() !== '') isAll = false;
    }
  }
  close();
  return { blocks, isAll: isAll && blocks.length > 0 };
}

/** JSON, or something packed: other blocks are pictures, keys and certificates. */
function isOfInterest(block: Buffer): boolean {
  const { kind } = formatOf(block);
  return kind === 'text' ? /^\s*[[{]/.test(block.toString('latin1', 0, 64)) : kind !== 'unreadable' && kind !== 'empty';
}
