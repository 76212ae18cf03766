import type { ChannelTraits } from '../history/world.js';
import { createRandom } from '../wire/random.js';
import type { Actor, Company, Person } from './company.js';
import type { Credential } from './credential.js';
import type { SessionContext } from './sessions.js';

/** When a channel is busy: office hours, evenings too, nightly runs, or every waking hour. Nothing runs from 2 to 4. */
export type Rhythm = 'office' | 'evening' | 'night' | 'steady';

/** One habit of one actor (or of the users of one tool): where from, how often, what kind of SQL. */
export interface Channel extends ChannelTraits {
  /** Who is behind it; several for a tool that many use. */
  readonly actors: readonly Actor[];
  /** Share of the company's queries, or of as many more where it comes beside them; 0 for something that happens once in the whole span. */
  readonly weight: number;
  readonly rhythm: Rhythm;
  readonly workGroup: string;
  /** Share of the whole span after which it falls silent: 1 for never. */
  readonly until: number;
  open(context: SessionContext): Credential;
}

/** What a channel has of its own. */
export type Extra = Partial<Omit<Channel, 'open' | 'actors'>>;

/** Makes a channel: an ordinary office worker's, but for what `extra` says. */
export function channel(
  company: Company,
  name: string,
  actors: readonly Actor[],
  open: Channel['open'],
  extra: Extra = {},
): Channel {
  return {
    way: { name, confidence: 'verified', stand: null },
    actors,
    weight: 1,
    rhythm: 'office',
    accountId: company.accounts.main,
    region: company.regions[0],
    workGroup: 'analytics',
    style: 'analyst',
    tool: null,
    invokedBy: null,
    claims: null,
    until: 1,
    ...extra,
    open,
  };
}

export function humanActor(person: Person): Actor {
  return { id: person.id, kind: 'human' };
}

export function workload(id: string): Actor {
  return { id, kind: 'workload' };
}

export function byCredential(credential: Credential) {
  return { kind: 'credential', credential } as const;
}

export function byService(service: string) {
  return { kind: 'service', service } as const;
}

/** The id of the ECS task that runs this channel's program today: its session name, however often it renews its keys. */
export function taskIdOf(context: SessionContext): string {
  return createRandom(context.seed, 'task', context.channelNumber, Math.floor(context.at / 86_400_000)).hex(32);
}
