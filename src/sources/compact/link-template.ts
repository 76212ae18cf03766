import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { type LinkLine, lineOfLink } from '../../cloudtrail/link-line.js';
import { sessionNameOf } from '../../cloudtrail/principal.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import { commonTimeAt, isCommonTime } from './common-time.js';

/** Where the texts of a record stand in its bytes: begin and end of each, one after another. */
export type TextSpans = Int32Array;

/** A record of which texts can be exchanged, each known by the names of the members on the way to it, joined by dots. */
export interface TextSlots {
  readonly record: unknown;
  readonly paths: readonly string[];
  get(slot: number): string;
  set(slot: number, text: string): void;
}

/** Members that a reader of links takes as they stand, if they are not empty, and looks at no further. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['eventID', 'awsRegion', 'recipientAccountId', 'sharedEventID', 'sourceIPAddress', 'userAgent'],
  ...['arn', 'principalId', 'accountId', 'accessKeyId', 'userName', 'invokedBy'].map((name) => `userIdentity.${name}`),
  ...['arn', 'principalId', 'accountId', 'userName'].map((name) => `userIdentity.sessionContext.sessionIssuer.${name}`),
  ...['roleArn', 'roleSessionName'].map((name) => `requestParameters.${name}`),
  ...['credentials.accessKeyId', 'assumedRoleUser.arn', 'assumedRoleUser.assumedRoleId'].map(
    (name) => `responseElements.${name}`,
  ),
]);

/** Members that it does not look at; `requestID` only of a record without `eventID`. */
const PASSED_OVER =
  /^(?:requestID|requestParameters\.externalId|responseElements\.credentials\.(?:sessionToken|expiration)|resources\.\d+\.(?:accountId|type|ARN)|tlsDetails\.(?:tlsVersion|cipherSuite|clientProvidedHostHeader))$/;

const EVENT_TIME = 'eventTime';
const CREATION_DATE = 'userIdentity.sessionContext.attributes.creationDate';
const [CALLER_ARN, CALLER_ID] = ['userIdentity.arn', 'userIdentity.principalId'] as const;
/** Stand for the times while the line is taken apart. */
const [SOME_EVENT_TIME, SOME_CREATION_DATE] = ['2001-02-03T04:05:06Z', '2002-02-03T04:05:06Z'] as const;
/** Not in ASCII, of which all records of a shape are made. */
const MARK = (name: string | number) => `\ue000${name}\ue001`;
const SOME_ARN = `arn:aws:sts::1:assumed-role/r/${MARK('s')}`;
const PARTS = new RegExp(
  `(${SOME_ARN}|\ue000(?:\\d+|s)\ue001|(?<="eventTime":)${Date.parse(SOME_EVENT_TIME)}|(?<="creationDate":)${Date.parse(SOME_CREATION_DATE)})`,
);

/** A piece of a line: bytes that stand in each, a text of the record or the time that it says, or the name of the caller's session. */
type Piece = DataView | { readonly slot: number; readonly isTime: boolean } | 'session';

interface Making {
  /** Texts that must be these. */
  readonly fixed: readonly { readonly slot: number; readonly text: Buffer }[];
  /** Texts that must not be empty. */
  readonly taken: readonly number[];
  readonly pieces: readonly Piece[];
  /** Where certain texts are; negative where the shape has none. */
  readonly eventTime: number;
  readonly arn: number;
  readonly principalId: number;
}

/**
 * Makes the line of evidence of a link from the bytes of its record, as `lineOfLink(readEvidence(record))` would, for records of one
 * shape that are alike in all that a reader decides by.
 */
export class LinkTemplate {
  readonly eventName: string;
  private readonly made: Making;

  private constructor(eventName: string, made: Making) {
    this.eventName = eventName;
    this.made = made;
  }

  /** Learns from a record that was read as `link`; null where it is of a kind that has no template. The record's texts stay. */
  static of(slots: TextSlots, link: CredentialLink): LinkTemplate | null {
    const { paths } = slots;
    const texts = paths.map((_, slot) => slots.get(slot));
    const line = lineOfLink(link);
    const [arn, principalId] = [paths.indexOf(CALLER_ARN), paths.indexOf(CALLER_ID)];
    const isTime = (slot: number) =>
      (paths[slot] === EVENT_TIME || paths[slot] === CREATION_DATE) && isCommonTime(texts[slot] ?? '');
    const isTaken = (slot: number) =>
      TAKEN.has(paths[slot] ?? '') && texts[slot] !== '' && !(slot === principalId && arn < 0);
    const eventTime = paths.indexOf(EVENT_TIME);
    const isWhole = eventTime >= 0 && isTime(eventTime) && isTaken(paths.indexOf('eventID'));
    if (!isWhole || new Set(paths).size < paths.length) return null;
    const all = [...paths.keys()];
    const taken = all.filter(isTaken);
    const fixed = all.filter((slot) => !isTaken(slot) && !isTime(slot) && !PASSED_OVER.test(paths[slot] ?? ''));
    for (const slot of taken) slots.set(slot, slot === arn && link.caller.sessionName !== null ? SOME_ARN : MARK(slot));
    for (const slot of all.filter(isTime)) slots.set(slot, slot === eventTime ? SOME_EVENT_TIME : SOME_CREATION_DATE);
    const marked = readEvidence(slots.record);
    for (const slot of all) slots.set(slot, texts[slot] ?? '');
    if (marked?.kind !== 'link') return null;
    const creation = paths.indexOf(CREATION_DATE);
    const pieceOf = (part: string): Piece => {
      if (part === SOME_ARN) return { slot: arn, isTime: false };
      if (part === MARK('s')) return 'session';
      if (part.startsWith('\ue000')) return { slot: Number(part.slice(1, -1)), isTime: false };
      return { slot: part === String(Date.parse(SOME_EVENT_TIME)) ? eventTime : creation, isTime: true };
    };
    const pieces = lineOfLink(marked)
      .split(PARTS)
      .map((part, index) => (index % 2 === 0 ? viewOf(Buffer.from(part, 'latin1')) : pieceOf(part)));
    const template = new LinkTemplate(link.eventName, {
      fixed: fixed.map((slot) => ({ slot, text: Buffer.from(texts[slot] ?? '', 'latin1') })),
      ...{ taken, pieces, eventTime, arn, principalId },
    });
    return template.agrees(texts, line) ? template : null;
  }

  /** The line of the record whose texts stand there; null where it is not alike. All of them are printable ASCII, without escapes. */
  lineOf(bytes: Buffer, spans: TextSpans): LinkLine | null {
    const { fixed, taken, pieces, arn, principalId } = this.made;
    for (const { slot, text } of fixed) if (!stands(text, bytes, spans, slot)) return null;
    for (const slot of taken) if (spans[2 * slot] === spans[2 * slot + 1]) return null;
    const principal = principalId < 0 ? '' : textAt(bytes, spans, principalId);
    const session = arn < 0 ? null : sessionNameOf(textAt(bytes, spans, arn), principal === '' ? null : principal);
    if ((session !== null) !== pieces.includes('session')) return null;
    const view = viewOf(bytes);
    let eventTime = 0;
    let at = 0;
    for (const piece of pieces) {
      if (piece instanceof DataView) at = put(piece, 0, piece.byteLength, at);
      else if (piece === 'session') at = putText(session ?? '', at);
      else {
        const [from, to] = [spans[2 * piece.slot] ?? 0, spans[2 * piece.slot + 1] ?? 0];
        if (piece.isTime) {
          const time = to === from + 20 ? commonTimeAt(bytes, from) : null;
          if (time === null) return null;
          if (piece.slot === this.made.eventTime) eventTime = time;
          at = putText(String(time), at);
        } else at = put(view, from, to, at);
      }
      if (at < 0) return null;
    }
    return { kind: 'link-line', eventTime, text: room.toString('latin1', 0, at) };
  }

  private agrees(texts: readonly string[], line: string): boolean {
    const bytes = Buffer.from(texts.join(''), 'latin1');
    let end = 0;
    const spans = Int32Array.from(
      texts.flatMap(({ length }) => {
        end += length;
        return [end - length, end];
      }),
    );
    return this.lineOf(bytes, spans)?.text === line;
  }
}

/** Where lines are put together; a longer one is not made from bytes. */
const room = Buffer.allocUnsafeSlow(16 * 1024);
const roomView = viewOf(room);

/** Copies in place: a native call costs more than these few bytes. Returns the end, -1 where it does not fit. */
function put(from: DataView, begin: number, end: number, at: number): number {
  if (at + end - begin > room.length) return -1;
  let to = at;
  let index = begin;
  for (; index + 4 <= end; index += 4, to += 4) roomView.setInt32(to, from.getInt32(index));
  for (; index < end; index += 1, to += 1) roomView.setInt8(to, from.getInt8(index));
  return to;
}

function putText(text: string, at: number): number {
  if (at + text.length > room.length) return -1;
  for (let index = 0; index < text.length; index += 1) room[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function textAt(bytes: Buffer, spans: TextSpans, slot: number): string {
  return bytes.toString('latin1', spans[2 * slot] ?? 0, spans[2 * slot + 1] ?? 0);
}

function stands(text: Buffer, bytes: Buffer, spans: TextSpans, slot: number): boolean {
  const from = spans[2 * slot] ?? 0;
  if ((spans[2 * slot + 1] ?? 0) - from !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) if (bytes[from + index] !== text[index]) return false;
  return true;
}
