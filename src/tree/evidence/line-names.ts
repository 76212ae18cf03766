import { type LinkName, nameAt, nameIn, spanOf } from '../../identity/chain/link-names.js';
import type { ShownId } from './evidence-lines.js';

/** What the text of a line of a day's evidence says, as far as it is needed to find it: taken from the text, which costs a third of parsing it. */
export interface LineNames {
  /** The names by which a line that keeps a link, or a use, is found, more rather than less. Good until the next line is read. */
  read(text: string): readonly LinkName[];
  /** Whose unique ids the line read shows, and by which ARN, as they are written there. */
  shownIds(): readonly ShownId[];
  /** True where the line read shows a user of Identity Center. */
  hasUser(): boolean;
}

/** Members whose name no text inside of a value can look like: there the quotes are escaped. */
const MEMBER =
  /"(issuedAccessKeyId|eventId|sharedEventId|sparkSessionId|signInSessionArn|webIdentityTokenId|issuedPrincipalId|accessKeyId|principalId|onBehalfOfUserId|sourceIdentity|type|issuerPrincipalId|issuerArn|arn)":"/g;

const KINDS = new Map([
  ['issuedAccessKeyId', 'issued'],
  ['eventId', 'event'],
  ['sharedEventId', 'shared'],
  ['sparkSessionId', 'spark'],
  ['signInSessionArn', 'signIn'],
  ['webIdentityTokenId', 'token'],
] as const);

/** A value in a text, without its quotes. */
interface Span {
  from: number;
  to: number;
}

const SPANS = [
  'issuedPrincipalId',
  'accessKeyId',
  'principalId',
  'type',
  'issuerPrincipalId',
  'issuerArn',
  'arn',
] as const;
type SpanName = (typeof SPANS)[number];

/** Makes a reader of lines as `textOfDayLine` writes them. */
export function createLineNames(): LineNames {
  let text = '';
  let names: LinkName[] = [];
  let hasUser = false;
  const spans = Object.fromEntries(SPANS.map((name) => [name, { from: -1, to: -1 }])) as Record<SpanName, Span>;

  return {
    read(line) {
      text = line;
      names = [];
      hasUser = false;
      for (const name of SPANS) spans[name].from = -1;
      let reveals = false;
      MEMBER.lastIndex = 0;
      for (let match = MEMBER.exec(text); match !== null; match = MEMBER.exec(text)) {
        const member = match[1] as string;
        const from = MEMBER.lastIndex;
        const to = endOf(text, from);
        MEMBER.lastIndex = to;
        const kind = KINDS.get(member as 'eventId');
        if (kind !== undefined) names.push(nameIn(kind, text, from, to));
        if (kind === 'signIn' || member === 'sourceIdentity') reveals = true;
        else if (member === 'onBehalfOfUserId') {
          reveals = true;
          hasUser = true;
        } else if (kind === undefined) {
          const span = spans[member as SpanName];
          span.from = from;
          span.to = to;
        }
      }
      addSession();
      if (reveals) addCredential();
      return names;
    },
    hasUser: () => hasUser,
    shownIds() {
      const { issuerPrincipalId, issuerArn, principalId, arn, type } = spans;
      const isUser = principalId.from >= 0 && arn.from >= 0 && textOf(type) === 'IAMUser';
      return [
        ...(issuerPrincipalId.from < 0 || issuerArn.from < 0 ? [] : [shown(issuerPrincipalId, issuerArn)]),
        ...(isUser ? [shown(principalId, arn)] : []),
      ];
    },
  };

  /** Sessions of services are never the console's, and nobody looks for them by their name. */
  function addSession(): void {
    const { issuedPrincipalId, type } = spans;
    if (issuedPrincipalId.from < 0 || textOf(type) === 'AWSService') return;
    const session = nameIn('session', text, issuedPrincipalId.from, issuedPrincipalId.to);
    names.push(nameAt(session, spanOf(numberAt(text, '"eventTime":'))));
  }

  function addCredential(): void {
    const { accessKeyId, principalId } = spans;
    if (accessKeyId.from >= 0) names.push(nameIn('key', text, accessKeyId.from, accessKeyId.to));
    if (principalId.from < 0) return;
    const began = numberAt(text, '"creationDate":');
    if (!Number.isNaN(began)) names.push(nameAt(nameIn('console', text, principalId.from, principalId.to), began));
  }

  function shown(id: Span, arn: Span): ShownId {
    return { id: textOf(id), arn: textOf(arn) };
  }

  function textOf({ from, to }: Span): string {
    return from < 0 ? '' : text.slice(from, to);
  }
}

/** Where a text ends that begins here. */
function endOf(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

const BACKSLASH = 92;

/** NaN where there is no number. */
function numberAt(text: string, member: string): number {
  const at = text.indexOf(member);
  return at < 0 ? Number.NaN : Number.parseFloat(text.slice(at + member.length, at + member.length + 24));
}
