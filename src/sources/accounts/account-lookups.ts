import type { Clock } from '../../ports/clock.js';
import type { LinkSource } from '../../ports/identity-source.js';
import { createPacer } from '../../ports/pacer.js';
import type { StartSource } from '../../ports/start-source.js';
import { createLookupEvents, LOOKUP_PACE } from '../lookup/lookup-events.js';
import { openLookupEventsPage } from '../lookup/lookup-events-client.js';
import { createLookupLinks } from '../lookup/lookup-links.js';
import { type AwsAccount, placesOf } from './aws-accounts.js';
import type { PlaceFailures } from './place-failures.js';

/**
 * LookupEvents of each account and Region, at a pace of its own. Links are looked for where the queries ran, in `linkRegions`, and
 * where global STS events are recorded (aws-facts 1.3), in every account: whoever assumed a role across accounts is named in
 * their own account's event only. A source for each place; what fails of the links is noted where there are several.
 */
export function openLookups(request: {
  readonly accounts: readonly AwsAccount[];
  readonly linkRegions?: readonly string[];
  readonly failures: PlaceFailures;
  readonly warn: (message: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
}): { readonly sources: readonly StartSource[]; readonly linkSource: LinkSource } {
  const { accounts, linkRegions = [], failures, warn, clock, random } = request;
  const common = { clock, random };
  const places = accounts.flatMap(({ accountId, regions, config }) =>
    [...new Set([...regions, ...linkRegions, 'us-east-1'])].map((region) => ({
      accountId,
      region,
      isLinkOnly: !regions.includes(region),
      page: openLookupEventsPage(config('CLOUDTRAIL', region)),
      pacer: createPacer({ ...LOOKUP_PACE, ...common }),
    })),
  );
  const [only] = accounts;
  return {
    sources: places.filter(({ isLinkOnly }) => !isLinkOnly).map((place) => createLookupEvents({ ...place, ...common })),
    linkSource: createLookupLinks({
      accountId: accounts.length === 1 ? (only?.accountId ?? null) : null,
      regions: places,
      warn,
      ...(placesOf(accounts).length === 1
        ? {}
        : { onFailure: (place, error) => failures.note(place, 'credential links', error) }),
      ...common,
    }),
  };
}
