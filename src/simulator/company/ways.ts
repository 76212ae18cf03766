import type { Channel } from './channel.js';
import type { Company } from './company.js';
import { oddChannels } from './odd-ways.js';
import { peopleChannels } from './people-ways.js';
import { toolChannels } from './tool-ways.js';
import { workloadChannels } from './workload-ways.js';

/** Lists every channel of the company. */
export function channelsOf(company: Company): Channel[] {
  return [...peopleChannels(company), ...oddChannels(company), ...toolChannels(company), ...workloadChannels(company)];
}
