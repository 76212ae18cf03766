import { isObject, type JsonObject } from './json-access.js';
import { plainName } from './member-names.js';
import { mayHoldRecord, shapeOf } from './record-shape.js';

/** A record found in a document, or something in it that should be one and cannot be read. */
export type Found =
  | { readonly record: JsonObject }
  | { readonly fault: string; readonly text: string; readonly eventTime: number | null };

export interface FindOptions {
  /**
   * Opens a text inside a document: the values that stand in it as JSON, plain, in base64 or packed. Null for a text that
   * is none of these, or cannot hold what is looked for.
   */
  readonly open: (text: string) => readonly unknown[] | null;
}

/** Envelopes in envelopes: a queue's message that holds a notification that holds a bus's event takes eight. */
const MAX_LAYERS = 40;
/** Texts opened in one document, and their length together: a bound for texts that hold texts. */
const MAX_TEXTS = 100_000;
const MAX_TEXT_LENGTH = 256 * 2 ** 20;

/**
 * Finds the CloudTrail records in a document at any depth, by their shape: in log files, in what services and tools wrap around
 * events, in texts that are JSON. A record is never looked into, and neither is what callers wrote into an event
 * that an envelope has taken apart: an object that looks like a record in there is a value.
 * Yields nothing for a document that holds no record, a fault where a bound is met.
 */
export function* findRecords(document: unknown, { open }: FindOptions): Generator<Found> {
  yield* new Search(open).in(document, 0);
}

class Search {
  private texts = 0;
  private length = 0;
  private isCut = false;
  private readonly open: FindOptions['open'];

  constructor(open: FindOptions['open']) {
    this.open = open;
  }

  *in(value: unknown, layer: number): Generator<Found> {
    if (typeof value === 'string') yield* this.inText(value, layer);
    else if (layer > MAX_LAYERS)
      yield* this.cut(isObject(value) || Array.isArray(value) ? 'it is nested too deep' : null);
    else if (Array.isArray(value)) yield* this.inList(value, layer);
    else if (isObject(value)) yield* this.inObject(value, layer);
  }

  private *inObject(object: JsonObject, layer: number): Generator<Found> {
    const shape = shapeOf(object);
    if (shape.kind === 'record') {
      yield { record: shape.record };
      return;
    }
    let isEmpty = true;
    for (const [name, value] of Object.entries(object)) {
      if ((typeof value !== 'string' && typeof value !== 'object') || !mayHoldRecord(name)) continue;
      for (const found of this.inMember(name, { value, envelope: object, layer })) {
        isEmpty = false;
        yield found;
      }
    }
    if (isEmpty && shape.kind === 'perhaps') yield { record: shape.record };
  }

  private *inMember(
    name: string,
    { value, envelope, layer }: { readonly value: unknown; readonly envelope: JsonObject; readonly layer: number },
  ): Generator<Found> {
    // LookupEvents promises JSON in this member, and its neighbour tells the time.
    if (typeof value === 'string' && plainName(name) === 'cloudtrailevent' && !isJson(value))
      yield { fault: `${name} is not JSON`, text: value, eventTime: lookupTime(envelope.EventTime) };
    else yield* this.in(value, layer + 1);
  }

  private *inList(list: readonly unknown[], layer: number): Generator<Found> {
    // CloudTrail Lake returns a row as a list of objects with one member each.
    const row = rowOfCells(list);
    if (row) yield* this.inObject(row, layer + 1);
    else for (const item of list) yield* this.in(item, layer + 1);
  }

  private *inText(text: string, layer: number): Generator<Found> {
    const values = this.open(text);
    if (values === null) return;
    this.texts += 1;
    this.length += text.length;
    if (this.texts > MAX_TEXTS || this.length > MAX_TEXT_LENGTH || layer > MAX_LAYERS)
      yield* this.cut('too many texts lie inside each other');
    else for (const value of values) if (typeof value !== 'string' || value !== text) yield* this.in(value, layer + 1);
  }

  /** Says once that the search ended early. */
  private *cut(reason: string | null): Generator<Found> {
    if (reason === null || this.isCut) return;
    this.isCut = true;
    yield { fault: `not all of it was looked through: ${reason}`, text: '', eventTime: null };
  }
}

function rowOfCells(list: readonly unknown[]): JsonObject | null {
  if (list.length < 3 || list.length > 200) return null;
  const row: Record<string, unknown> = {};
  for (const cell of list) {
    if (!isObject(cell)) return null;
    const [name, ...others] = Object.keys(cell);
    if (name === undefined || others.length > 0 || name in row) return null;
    row[name] = cell[name];
  }
  return Object.keys(row).some((name) => plainName(name) === 'eventname') ? row : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The time that LookupEvents prints beside the record: epoch seconds on the wire, ISO text from the AWS CLI. */
function lookupTime(value: unknown): number | null {
  const time = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? Math.floor(time) : null;
}
