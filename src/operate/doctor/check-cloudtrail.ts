import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import type { Clock } from '../../ports/clock.js';
import { isDenied, nameOf } from '../error-name.js';
import { type Finding, fail, pass, skip, warn } from './finding.js';
import { coverageOf } from './trail-coverage.js';

const DAY_MS = 86_400_000;

/** Checks what CloudTrail knows of a Region and whether it may be asked. */
export async function* checkCloudTrail(options: {
  readonly client: CloudTrailClient;
  readonly region: string;
  readonly clock: Clock;
}): AsyncGenerator<Finding> {
  yield await checkEventHistory(options);
  yield* checkTrails(options);
}

async function checkEventHistory({ client, region, clock }: Parameters<typeof checkCloudTrail>[0]): Promise<Finding> {
  const check = 'event-history';
  try {
    const now = clock.now();
    const { Events = [] } = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'StartQueryExecution' }],
        StartTime: new Date(now - 7 * DAY_MS),
        EndTime: new Date(now),
        MaxResults: 1,
      }),
    );
    if (Events.length > 0) return pass(check, `${region}: the event history shows queries of the last 7 days`);
    return warn(
      check,
      `${region}: the event history shows no query of the last 7 days`,
      'collect the Region where your queries run (aqt deploy --collect-region), unless nobody used Athena here',
    );
  } catch (error) {
    return denied(error, { check, action: 'cloudtrail:LookupEvents', effect: 'without it no query is found' });
  }
}

async function* checkTrails({ client, region }: Parameters<typeof checkCloudTrail>[0]): AsyncGenerator<Finding> {
  const check = 'trail';
  let trails: Trail[];
  try {
    const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: true }));
    trails = trailList.filter(({ HomeRegion, IsMultiRegionTrail }) => IsMultiRegionTrail || HomeRegion === region);
  } catch (error) {
    yield denied(error, {
      check,
      action: 'cloudtrail:DescribeTrails',
      effect: 'whether a trail keeps the events is unknown',
    });
    return;
  }
  const coverages = [];
  for (const trail of trails) {
    const name = trail.TrailARN ?? trail.Name ?? '';
    try {
      const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: name }));
      if (!IsLogging) {
        yield warn(check, `the trail ${trail.Name} does not log`, `aws cloudtrail start-logging --name ${name}`);
        continue;
      }
      coverages.push({
        trail,
        coverage: coverageOf(await client.send(new GetEventSelectorsCommand({ TrailName: name }))),
      });
    } catch (error) {
      // A trail of the organization belongs to the management account, which alone may look at its settings.
      if (isDenied(error) || nameOf(error) === 'TrailNotFoundException')
        yield skip(check, `the trail ${trail.Name} may not be read`);
      else throw error;
    }
  }
  const best =
    coverages.find(({ coverage }) => coverage === 'all') ?? coverages.find(({ coverage }) => coverage === 'write-only');
  if (best?.coverage === 'all') {
    yield pass(check, `${region}: the trail ${best.trail.Name} keeps read and write management events`);
  } else if (best) {
    yield warn(
      check,
      `${region}: the trail ${best.trail.Name} keeps write events only: queries are there, AssumeRole is not, so people behind roles stay unknown after 90 days`,
      `let the trail record read events too: aws cloudtrail put-event-selectors --trail-name ${best.trail.Name} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'`,
    );
  } else {
    yield warn(
      check,
      `${region}: no trail keeps management events; CloudTrail's own history ends after 90 days`,
      'fine when this collects every day; to reach further back create a multi-Region trail with read and write management events',
    );
  }
}

/** The finding for a call that was refused; anything else is no finding. */
function denied(
  error: unknown,
  about: { readonly check: string; readonly action: string; readonly effect: string },
): Finding {
  if (!isDenied(error)) throw error;
  return fail(about.check, `${about.action} is denied: ${about.effect}`, `allow ${about.action} for whoever runs this`);
}
