import type { Channel } from './channel.js';
import type { Company } from './company.js';
import { delegateChannels } from './delegate-channels.js';
import { peopleChannels } from './people-channels.js';
import { rareChannels } from './rare-channels.js';
import { toolChannels } from './tool-channels.js';
import { workloadChannels } from './workload-channels.js';

/** The channels that share the company's queries. */
export function channelsOf(company: Company): Channel[] {
  return [...peopleChannels(company), ...rareChannels(company), ...toolChannels(company), ...workloadChannels(company)];
}

/** Channels that come beside the others, with queries, numbers and chances of their own: without them the rest is the same. */
export function channelsBeside(company: Company): Channel[] {
  return delegateChannels(company);
}
