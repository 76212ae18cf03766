import { sessionContext } from '../history/event-log.js';
import type { Attempt, LiveRequest, World } from '../history/world.js';
import { createRandom, type Random } from '../wire/random.js';
import type { Actor, Company } from './company.js';
import type { Credential } from './credential.js';
import { openAccessKey, openPortalSession, type SessionContext } from './sessions.js';
import { clientOf, serviceClient } from './user-agents.js';

/** Days that the story needs. */
export const STORY_DAYS = 14;
/** A workgroup that whoever collects may neither list nor read. */
export const CLOSED_WORKGROUP = 'people-office';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** One thing that somebody should find: who, when, what. */
interface Episode {
  readonly name: string;
  /** Days since the beginning of the history, and the local hour. */
  readonly day: number;
  readonly hour: number;
  readonly times: number;
  /** Between two queries of the episode. */
  readonly everyMs: number;
  readonly workGroup: string;
  readonly actor: (company: Company) => Actor;
  readonly invokedBy?: string;
  readonly open: (context: SessionContext) => Credential;
  readonly query: (index: number, random: Random) => Pick<LiveRequest, 'text'> & Partial<LiveRequest>;
}

const human = (handle: string) => (company: Company) => ({ id: company.person(handle).id, kind: 'human' }) as const;
const key =
  (name: string, sourceIp: string) =>
  (context: SessionContext): Credential =>
    openAccessKey(context, {
      name,
      accountId: context.company.accounts.main,
      client: { ...clientOf('boto3', 'home', context.random), sourceIp },
    });
const portal =
  (handle: string) =>
  (context: SessionContext): Credential =>
    openPortalSession(context, {
      person: context.company.person(handle),
      permissionSet: 'DataAnalyst',
      accountId: context.company.accounts.main,
      isConsole: true,
      client: clientOf('console', 'office', context.random),
    });

/** What happens in the two weeks beside the ordinary; Tomas Weber leaves on the seventh day. */
const EPISODES: readonly Episode[] = [
  ...[9, 10, 12, 13].map(
    (day): Episode => ({
      name: 'leaver',
      day,
      hour: 23,
      times: 3,
      everyMs: 4 * MINUTE_MS,
      workGroup: 'primary',
      actor: human('tomas.weber'),
      open: key('tomas.weber', '198.51.100.77'),
      query: (index) => ({
        text: `SELECT order_id, customer_id, amount, placed_at FROM sales.orders WHERE placed_at >= DATE '2026-${String(index + 1).padStart(2, '0')}-01' ORDER BY placed_at`,
        scanBytes: 40e9,
      }),
    }),
  ),
  {
    name: 'new-reader',
    day: 11,
    hour: 15,
    times: 4,
    everyMs: 6 * MINUTE_MS,
    workGroup: 'primary',
    actor: human('hugo.martin'),
    open: portal('hugo.martin'),
    query: (index) => ({
      text: `SELECT email, phone, city FROM customers.pii WHERE segment = 'vip' OFFSET ${index * 5000} LIMIT 5000`,
      scanBytes: 3e9,
    }),
  },
  {
    name: 'cost-spike',
    day: 8,
    hour: 11,
    times: 70,
    everyMs: 2 * MINUTE_MS,
    workGroup: 'ml',
    actor: human('lena.fischer'),
    open: portal('lena.fischer'),
    query: (_, random) => ({
      text: `SELECT * FROM raw.clickstream WHERE user_id = ${random.int(10_000, 99_999)} ORDER BY event_time`,
      scanBytes: 320e9,
    }),
  },
  {
    name: 'curious-agent',
    day: 12,
    hour: 10,
    times: 5,
    everyMs: 40_000,
    workGroup: 'analytics',
    actor: (company) => ({ id: company.person('jun.tanaka').id, kind: 'agent' }),
    invokedBy: 'aws-mcp.amazonaws.com',
    open: (context) =>
      openPortalSession(context, {
        person: context.company.person('jun.tanaka'),
        permissionSet: 'DataAnalyst',
        accountId: context.company.accounts.main,
        isConsole: false,
        client: serviceClient('aws-mcp.amazonaws.com'),
        stampsUser: true,
      }),
    query: (index) => ({
      text: [
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name LIKE '%pii%'",
        'SELECT * FROM customers.pii LIMIT 10',
        'SELECT full_name, email, birth_date FROM customers.pii LIMIT 1000',
        'SELECT e.full_name, p.gross FROM finance.payroll p JOIN finance.employees e ON e.id = p.employee_id LIMIT 100',
        'SELECT avg(gross) FROM finance.payroll',
      ][index % 5] as string,
      scanBytes: 2e9,
    }),
  },
  {
    name: 'view-reader',
    day: 9,
    hour: 16,
    times: 3,
    everyMs: 7 * MINUTE_MS,
    workGroup: 'analytics',
    actor: human('rosa.diaz'),
    open: portal('rosa.diaz'),
    query: (index) => ({
      text: [
        "SELECT email FROM marketing.vip_contacts WHERE country = 'DE'",
        'SELECT country, count(*) FROM marketing.contacts GROUP BY country',
        'SELECT * FROM marketing.vip_contacts LIMIT 50',
      ][index % 3] as string,
      scanBytes: 1e9,
    }),
  },
  {
    name: 'unload',
    day: 10,
    hour: 22,
    times: 2,
    everyMs: 9 * MINUTE_MS,
    workGroup: 'primary',
    actor: human('mallory.king'),
    open: key('mallory.king', '198.51.100.200'),
    query: (index) => ({
      text: `UNLOAD (SELECT * FROM ${index === 0 ? 'customers.profiles' : 'customers.pii'}) TO 's3://mk-private-backup/${index === 0 ? 'profiles' : 'people'}/' WITH (format = 'PARQUET')`,
      substatement: 'UNLOAD',
      scanBytes: 90e9,
    }),
  },
  {
    name: 'denied-burst',
    day: 12,
    hour: 14,
    times: 42,
    everyMs: 4_000,
    workGroup: 'finance',
    actor: () => ({ id: 'contractor-77', kind: 'human' }),
    open: key('contractor-77', '192.0.2.66'),
    query: (index) => ({ text: `SELECT * FROM finance.payroll LIMIT ${index + 1}`, isDenied: true }),
  },
  {
    name: 'late-event',
    day: 13,
    hour: 16,
    times: 1,
    everyMs: 0,
    workGroup: 'analytics',
    actor: human('ana.silva'),
    open: portal('ana.silva'),
    query: () => ({
      text: "SELECT region, sum(amount) AS revenue FROM sales.orders WHERE placed_at >= DATE '2026-11-01' GROUP BY region",
      scanBytes: 12e9,
      delayMs: 40 * HOUR_MS,
    }),
  },
  ...[5, 9].map(
    (day): Episode => ({
      name: 'closed-workgroup',
      day,
      hour: 13,
      times: 3,
      everyMs: 11 * MINUTE_MS,
      workGroup: CLOSED_WORKGROUP,
      actor: human('wanjiru.kamau'),
      open: portal('wanjiru.kamau'),
      query: (index) => ({ text: `SELECT * FROM people.reviews WHERE year = ${2026 - index}`, scanBytes: 1e9 }),
    }),
  ),
];

/** The attempts of the story, without their numbers. Each episode is reached by a name of its own (`story-leaver`, …). */
export function storyAttempts(world: World): Omit<Attempt, 'number'>[] {
  const { company, seed, startsAt } = world;
  const region = company.regions[0];
  return EPISODES.flatMap((episode, number) => {
    const random = createRandom(seed, 'story', number);
    const workGroup = company.workGroups.find(({ name }) => name === episode.workGroup);
    if (!workGroup) throw new Error(`the story needs the workgroup ${episode.workGroup}`);
    const from = startsAt + episode.day * DAY_MS + episode.hour * HOUR_MS + random.int(2, 12) * MINUTE_MS;
    const at = Math.floor(from / 1000) * 1000 - 90_000;
    const credential = episode.open(sessionContext(world, { at, random, region, channelNumber: 1_000 + number }));
    const actor = episode.actor(company);
    return Array.from({ length: episode.times }, (_, index) => {
      const query = episode.query(index, random);
      return {
        submittedAt: from + index * episode.everyMs + random.int(0, 1_500),
        actor,
        channel: {
          way: { name: `story-${episode.name}`, confidence: 'verified' as const, stand: null },
          accountId: company.accounts.main,
          region,
          style: 'analyst' as const,
          tool: null,
          invokedBy: episode.invokedBy ?? null,
          claims: null,
        },
        credential,
        workGroup,
        fate: query.isDenied ? ('refused' as const) : ('succeeded' as const),
        live: { catalog: null, database: null, outputLocation: null, clientRequestToken: null, ...query },
        isUnseen: false,
      };
    });
  });
}
