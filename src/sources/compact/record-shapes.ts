import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { LinkLine } from '../../cloudtrail/link-line.js';
import { isPlain, SIGN } from '../content/json-signs.js';
import { LinkTemplate, type TextSlots } from './link-template.js';

/**
 * Reads records of shapes that were met before without parsing them: CloudTrail writes the records of one kind of call with the same
 * members in the same order, and only texts differ. A shape is what stands between the texts of one record that was parsed; a later
 * record in whose bytes the same stands, with plain texts between, parses to the same object with those texts in their places.
 * What has an escape, a byte beyond ASCII or a control character in it, or any other form, is not read here.
 */
export class RecordShapes {
  private readonly shapes: Shape[] = [];
  private learnt = 0;

  /** As `find`, the whole record; null when no known shape fits. */
  read(bytes: Buffer, start: number, end: number): unknown {
    return this.find(bytes, start, end)?.record() ?? null;
  }

  /** The record between two offsets, or null when no known shape fits. To be done with before the next call. */
  find(bytes: Buffer, start: number, end: number): ShapedRecord | null {
    const { shapes } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [index, shape] of shapes.entries()) {
      if (!shape.fits(bytes, view, start, end)) continue;
      const before = shapes[index - 1];
      // Shapes that are met often come to be tried first.
      if (before) {
        shapes[index - 1] = shape;
        shapes[index] = before;
      }
      return {
        record: () => shape.filled(bytes.toString('latin1', start, end), start),
        linkLine: (names) => shape.linkLine(bytes, names),
        learnLink: (link) => shape.learnLink(link),
      };
    }
    return null;
  }

  /** Learns the shape of a record from its text and what it was parsed to. */
  learn(text: string, record: unknown): void {
    if (this.learnt >= MOST_LEARNT || UNUSUAL.test(text)) return;
    this.learnt += 1;
    // Only what is written as it would be written again: without blanks, and each name once in its object.
    if (JSON.stringify(record) !== text) return;
    if (this.shapes.length >= MOST_SHAPES) this.shapes.pop();
    this.shapes.push(new Shape(JSON.parse(text)));
  }
}

/** A record that has a known shape. */
export interface ShapedRecord {
  /** The object is used again for the next record of its shape: what is wanted of it must be taken before. */
  record(): unknown;
  /** The line of evidence of a link of one of these names, where such a one was learnt; else null. */
  linkLine(names: ReadonlySet<string>): LinkLine | null;
  /** Learns how the line of a link follows from its bytes; `record` has been called and was read as this link. */
  learnLink(link: CredentialLink): void;
}

/** Shapes that are tried for a record: a call with other options has another one. */
const MOST_SHAPES = 24;
/** Where hardly two records are alike, learning ends. */
const MOST_LEARNT = 400;
/** Links of one shape that differ in what is decided by, as whether with MFA. */
const MOST_LINKS_LEARNT = 6;
const UNUSUAL = /[^\x20-\x5b\x5d-\x7e]/;

type Holder = Record<string, unknown> | unknown[];

class Shape implements TextSlots {
  readonly record: unknown;
  readonly paths: string[] = [];
  private readonly links: LinkTemplate[] = [];
  private linksLearnt = 0;
  private readonly holders: Holder[] = [];
  private readonly keys: (string | number)[] = [];
  /** What stands before, between and behind the texts, in one piece, and where each of them ends. */
  private readonly fixed: Buffer;
  private readonly view: DataView;
  private readonly ends: Int32Array;
  /** Offsets of the texts in the record that was looked at last: where each begins and ends. */
  private readonly spans: Int32Array;

  constructor(record: unknown) {
    const fixed: string[] = [];
    let piece = '';
    const walk = (value: unknown, holder: Holder, key: string | number, path: readonly string[]): void => {
      if (typeof value === 'string') {
        const isPlainPath = !path.some((name) => name.includes('.'));
        this.paths.push(isPlainPath ? path.join('.') : `. ${this.paths.length}`);
        fixed.push(`${piece}"`);
        piece = '"';
        this.holders.push(holder);
        this.keys.push(key);
      } else if (Array.isArray(value)) {
        piece += '[';
        for (const [index, item] of value.entries()) {
          if (index > 0) piece += ',';
          walk(item, value, index, [...path, String(index)]);
        }
        piece += ']';
      } else if (typeof value === 'object' && value !== null) {
        piece += '{';
        for (const [index, [name, member]] of Object.entries(value).entries()) {
          piece += `${index > 0 ? ',' : ''}${JSON.stringify(name)}:`;
          walk(member, value as Record<string, unknown>, name, [...path, name]);
        }
        piece += '}';
      } else piece += JSON.stringify(value);
    };
    walk(record, [], 0, []);
    fixed.push(piece);
    this.record = record;
    this.fixed = Buffer.from(fixed.join(''), 'latin1');
    this.view = new DataView(this.fixed.buffer, this.fixed.byteOffset, this.fixed.byteLength);
    let end = 0;
    this.ends = Int32Array.from(fixed, ({ length }) => {
      end += length;
      return end;
    });
    this.spans = new Int32Array(2 * this.keys.length);
  }

  /** Tells whether the bytes are of this shape, and notes where its texts stand. */
  fits(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const { fixed, view: fixedView, ends, spans } = this;
    const last = ends.length - 1;
    let at = start;
    let done = 0;
    for (let piece = 0; piece <= last; piece += 1) {
      const stop = ends[piece] ?? 0;
      if (at + stop - done > end) return false;
      for (; done + 4 <= stop; done += 4, at += 4) if (view.getInt32(at) !== fixedView.getInt32(done)) return false;
      for (; done < stop; done += 1, at += 1) if (bytes[at] !== fixed[done]) return false;
      if (piece === last) break;
      spans[2 * piece] = at;
      at = endOfPlainText(bytes, view, at, end);
      if (at < 0) return false;
      spans[2 * piece + 1] = at;
    }
    return at === end;
  }

  /** The record with the texts that `fits` has found; `text` begins at `start`. */
  filled(text: string, start: number): unknown {
    const { holders, keys, spans } = this;
    for (let index = 0; index < keys.length; index += 1) {
      const value = text.slice((spans[2 * index] ?? 0) - start, (spans[2 * index + 1] ?? 0) - start);
      (holders[index] as Record<string | number, unknown>)[keys[index] ?? ''] = value;
    }
    return this.record;
  }

  linkLine(bytes: Buffer, names: ReadonlySet<string>): LinkLine | null {
    for (const link of this.links) {
      const line = names.has(link.eventName) ? link.lineOf(bytes, this.spans) : null;
      if (line) return line;
    }
    return null;
  }

  learnLink(link: CredentialLink): void {
    if (this.linksLearnt >= MOST_LINKS_LEARNT) return;
    this.linksLearnt += 1;
    const template = LinkTemplate.of(this, link);
    if (template) this.links.push(template);
  }

  get(slot: number): string {
    return (this.holders[slot] as Record<string | number, string>)[this.keys[slot] ?? ''] ?? '';
  }

  set(slot: number, text: string): void {
    (this.holders[slot] as Record<string | number, string>)[this.keys[slot] ?? ''] = text;
  }
}

/** Offset of the quote that ends a text; -1 when an escape, a control character or a byte beyond ASCII comes first, or the end. */
function endOfPlainText(bytes: Buffer, view: DataView, from: number, end: number): number {
  let at = from;
  while (at + 4 <= end && isPlain(view.getInt32(at))) at += 4;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === SIGN.quote) return at;
    if (byte < 0x20 || byte === SIGN.backslash || byte >= 0x80) return -1;
  }
  return -1;
}
