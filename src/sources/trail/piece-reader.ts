import { findRecords } from '../../cloudtrail/find-records.js';
import type { Reject } from '../../cloudtrail/start.js';
import { createTextOpener, PACKED_IN_DOCUMENT, type TextOpener } from '../content/open-text.js';
import type { Piece } from '../content/pieces.js';
import { itemOf, type LogFile, type LogItem, notReadFile, type ReadLogFileOptions } from './log-items.js';
import { SavedPages } from './saved-pages.js';

/** Rejects of one file that are kept; what else cannot be used is told as a number. */
const MAX_REJECTS = 1000;
const SAMPLE_BYTES = 64 * 1024;
const ANY_RECORD = ['eventName', 'eventname', 'event_name'].map((name) => Buffer.from(name));
/** A file of such a name is to hold JSON: text in there stands where something else was meant to be. */
const JSON_NAME = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;
const ESCAPE = Buffer.from('\\u00');

/** How a piece is to be taken: as JSON that must be whole, or as text in which JSON may stand. */
export type PieceKind = 'json' | 'text';

/** Turns the pieces of one file into evidence, and knows at the end what the file was. */
export class PieceReader {
  private values = 0;
  private records = 0;
  private broken = 0;
  private rejected = 0;
  private sample: Buffer = Buffer.alloc(0);
  private readonly file: LogFile;
  private readonly options: ReadLogFileOptions;
  private readonly needles: readonly Buffer[];
  private readonly opener: TextOpener;
  private readonly pages = new SavedPages();

  constructor(file: LogFile, options: ReadLogFileOptions) {
    this.file = file;
    this.options = options;
    const shortest = shortestOf([...options.names]);
    const telling = options.revealed ? [...shortest, 'onBehalfOf'] : shortest;
    this.needles = [...telling.map((name) => Buffer.from(name)), ESCAPE, ...PACKED_IN_DOCUMENT];
    const holdsName = (text: string) => shortest.some((name) => text.includes(name));
    const mayTell = (text: string) => telling.some((name) => text.includes(name)) || text.includes('\\u00');
    this.opener = createTextOpener(mayTell, holdsName);
  }

  read(pieces: readonly Piece[], kind: PieceKind): LogItem[] {
    const items: LogItem[] = [];
    for (const piece of pieces) {
      if (piece.kind === 'broken') {
        this.broken += 1;
        this.reject(items, piece, piece.reason);
        continue;
      }
      this.values += 1;
      this.look(piece.bytes);
      if (kind === 'text') this.readText(items, piece);
      else if (this.mayHold(piece.bytes) || (piece.list === null && SavedPages.mayBe(piece.bytes)))
        this.readJson(items, piece);
    }
    return items;
  }

  /** Reads a row of a table, which has no bytes of its own. */
  readRow(row: unknown, place: string): LogItem[] {
    const items: LogItem[] = [];
    const text = JSON.stringify(row);
    const bytes = Buffer.from(text);
    this.values += 1;
    this.look(bytes);
    if (this.mayHold(bytes))
      this.readDocuments(items, { documents: [row], text, origin: `${this.file.origin}#${place}` });
    return items;
  }

  /**
   * What is to be said of the file now that all of it is read. `isText` when it is no kind of JSON or table; `hasMore` when the
   * last list in it was a page that names a next one.
   */
  end(isText: boolean, hasMore = false): LogItem[] {
    const { file, options } = this;
    if (hasMore) this.pages.add({ kind: 'page', hasMore });
    const reason = this.pages.fault;
    const items = this.atEnd(isText);
    if (reason === null) return items;
    const wayOut = 'put all of the answer there, or accept it where the rest stands in other files';
    return [...items, notReadFile(file, { reason, wayOut }, options)];
  }

  private atEnd(isText: boolean): LogItem[] {
    const { file, options } = this;
    if (this.rejected > MAX_REJECTS) {
      const reason = `${this.rejected - MAX_REJECTS} further pieces of it could not be used`;
      return [notReadFile(file, { reason, wayOut: 'put the log files it was made from there' }, options)];
    }
    if (this.values === 0 || this.records + this.broken + this.rejected > 0) return [];
    // A page or XML document stands where something else was meant to be: an error of a download, an export of another kind;
    // so does the text that Git keeps of a large file.
    const isMarkup = /^\s*</.test(this.sample.toString('latin1').slice(0, 100));
    if ((isText && !isMarkup && !JSON_NAME.test(file.origin)) || isDigest(this.sample)) {
      options.counts.add(isText ? 'filesWithoutRecords' : 'filesSkipped', 1);
      return [];
    }
    const wayOut = 'move it away when it holds no events, or put the log files it was made from there';
    return [notReadFile(file, { reason: 'no CloudTrail record stands in it', wayOut }, options)];
  }

  get isBlank(): boolean {
    return this.values + this.broken === 0;
  }

  private readJson(items: LogItem[], piece: Extract<Piece, { readonly kind: 'value' }>): void {
    const text = piece.bytes.toString('utf8').replace(/^\uFEFF/, '');
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      this.reject(items, piece, 'the record is not JSON');
      return;
    }
    if (piece.list === null) this.pages.note(document);
    this.readDocuments(items, { documents: [document], text, origin: `${this.file.origin}#${piece.offset}` });
  }

  private readText(items: LogItem[], piece: Piece): void {
    const text = piece.bytes.toString('utf8');
    const documents = this.opener.open(text);
    const origin = `${this.file.origin}#${piece.offset}`;
    if (documents !== null || this.holdsName(text))
      this.readDocuments(items, { documents: documents ?? [], text, origin });
  }

  private readDocuments(
    items: LogItem[],
    {
      documents,
      text,
      origin,
    }: { readonly documents: readonly unknown[]; readonly text: string; readonly origin: string },
  ): void {
    let found = 0;
    for (const document of documents) {
      for (const one of findRecords(document, this.opener)) {
        found += 1;
        this.options.counts.add('recordsParsed', 1);
        if ('record' in one) {
          this.records += 1;
          const own = one.record === document && documents.length === 1 ? text : null;
          const item = itemOf(one.record, { text: own, origin }, this.options);
          if (item) items.push(item);
        } else
          this.add(items, {
            kind: 'reject',
            reason: one.fault,
            eventTime: one.eventTime,
            raw: one.text || text,
            origin,
          });
      }
    }
    const fault = this.opener.takeFault();
    const hasSeen = this.opener.takeSight();
    if (fault !== null) this.add(items, { kind: 'reject', reason: fault, eventTime: null, raw: text, origin });
    else if (
      found === 0 &&
      (hasSeen || this.holdsName(text) || documents.some((one) => this.holdsName(JSON.stringify(one))))
    )
      this.add(items, {
        ...{ kind: 'reject', eventTime: null, raw: text, origin },
        reason: 'it names an event that is looked for, and no CloudTrail record stands in it',
      });
  }

  private reject(items: LogItem[], piece: Piece, reason: string): void {
    const kept = piece.bytes.subarray(0, this.options.limits.keptBytes);
    const text = kept.toString('utf8');
    // Bytes that are not UTF-8 are kept as bytes: as text they would not be the record any more.
    const raw = Buffer.from(text, 'utf8').equals(kept) ? text : Buffer.from(kept);
    this.add(items, { kind: 'reject', reason, eventTime: null, raw, origin: `${this.file.origin}#${piece.offset}` });
  }

  private add(items: LogItem[], reject: Reject): void {
    this.options.counts.add('rejects', 1);
    this.rejected += 1;
    if (this.rejected <= MAX_REJECTS) items.push(reject);
  }

  /** Notes whether any record was met; after the first, nobody asks any more. */
  private look(bytes: Buffer): void {
    this.options.look?.(bytes);
    if (this.records > 0) return;
    if (ANY_RECORD.some((name) => bytes.includes(name))) this.records += 1;
    else if (this.sample.length === 0) this.sample = Buffer.from(bytes.subarray(0, SAMPLE_BYTES));
  }

  /** Tells whether bytes hold one of the names, an escape that may hide one, or something packed. */
  private mayHold(bytes: Buffer): boolean {
    return this.needles.some((needle) => bytes.includes(needle));
  }

  private holdsName(text: string): boolean {
    for (const name of this.options.names) if (text.includes(name)) return true;
    return false;
  }
}

function shortestOf(names: readonly string[]): string[] {
  return names.filter((name) => !names.some((other) => other !== name && name.startsWith(other)));
}

/** A digest file under another name tells of log files, and holds no events. */
function isDigest(sample: Buffer): boolean {
  return sample.includes('"digestS3Object"') && sample.includes('"digestEndTime"');
}
