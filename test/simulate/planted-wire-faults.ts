import type { Simulator } from '../../src/simulator/simulator.js';
import type { PlainRequest, WireAnswer } from '../../src/simulator/wire/http-server.js';
import { hash } from '../../src/simulator/wire/random.js';

type Answer = Simulator['answer'];

interface Lookup {
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly NextToken?: string;
}

/**
 * A segment that is read again after its token was refused ends a second too early: the rest of the second at which the pages
 * broke off is never read.
 */
export function restartSkips({ answer }: Simulator): Answer {
  const refused = new Map<string, number>();
  const shortened = new Set<string>();
  return async (request) => {
    const body = lookupOf(request);
    if (!body || body.StartTime === undefined || body.EndTime === undefined) return answer(request);
    const { StartTime, EndTime, NextToken } = body;
    const scan = `${request.headers.authorization} ${StartTime}`;
    if (NextToken === undefined && EndTime <= (refused.get(scan) ?? -Infinity)) {
      refused.delete(scan);
      if (EndTime > StartTime) shortened.add(`${scan} ${EndTime}`);
    }
    const isShortened = shortened.has(`${scan} ${EndTime}`);
    const asked = isShortened ? { ...body, EndTime: EndTime - 1 } : body;
    const given = await answer({ ...request, body: Buffer.from(JSON.stringify(asked)) });
    if (textOf(given).includes('InvalidNextTokenException')) refused.set(scan, EndTime);
    return given;
  };
}

/** One page in twelve is taken for the last one. */
export function pagesNotFollowed({ answer }: Simulator): Answer {
  return async (request) => {
    const given = await answer(request);
    if (!lookupOf(request) || given.kind !== 'answer' || given.response.status !== 200) return given;
    const { NextToken, ...page } = JSON.parse(textOf(given)) as { readonly NextToken?: string };
    return NextToken === undefined || hash(NextToken) % 12 !== 0 ? given : withBody(given, JSON.stringify(page));
  };
}

/** Whoever may not read an account's events is told that there are none. */
export function outageBelieved({ answer }: Simulator): Answer {
  return async (request) => {
    const given = await answer(request);
    const isRefused = /AccessDenied|ExpiredToken/.test(textOf(given));
    if (!lookupOf(request) || given.kind !== 'answer' || !isRefused) return given;
    return withBody({ ...given, response: { ...given.response, status: 200 } }, '{"Events":[]}');
  };
}

/** A listing of the trail ends with what was delivered on the day of the events or the day after. */
export function lateFilesUnlisted({ answer, world }: Simulator): Answer {
  const last = new Date(world.endsAt + 24 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '/');
  return async (request) => {
    const given = await answer(request);
    if (given.kind !== 'answer' || !request.target.includes('list-type=2')) return given;
    const isLate = (item: string) => {
      const [, day] = /\/CloudTrail\/[^/]+\/(\d{4}\/\d\d\/\d\d)\//.exec(decodeURIComponent(item)) ?? [];
      return day !== undefined && day > last;
    };
    return withBody(
      given,
      textOf(given).replace(/<Contents>.*?<\/Contents>/gs, (item) => (isLate(item) ? '' : item)),
    );
  };
}

/** The body of a scan for starts; null for every other call. */
function lookupOf({ headers, body }: PlainRequest): Lookup | null {
  if (!String(headers['x-amz-target'] ?? '').endsWith('.LookupEvents')) return null;
  const asked = JSON.parse(body.toString()) as Lookup & {
    readonly LookupAttributes?: readonly { readonly AttributeKey: string }[];
  };
  return asked.LookupAttributes?.[0]?.AttributeKey === 'EventName' ? asked : null;
}

function textOf(answer: WireAnswer): string {
  return answer.kind === 'break' ? '' : answer.response.body.toString();
}

function withBody(given: Extract<WireAnswer, { kind: 'answer' }>, body: string): WireAnswer {
  const { 'content-length': _, ...headers } = given.response.headers;
  return { ...given, response: { ...given.response, headers, body } };
}
