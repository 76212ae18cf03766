import type { Channel } from './channel.js';
import type { Company } from './company.js';
import { peopleChannels } from './people-channels.js';
import { rareChannels } from './rare-channels.js';
import { toolChannels } from './tool-channels.js';
import { workloadChannels } from './workload-channels.js';

/** Lists every channel of the company. */
export function channelsOf(company: Company): Channel[] {
  return [...peopleChannels(company), ...rareChannels(company), ...toolChannels(company), ...workloadChannels(company)];
}
