import { describe, expect, it } from 'vitest';
import { regionsAround } from '../../athena/regions.js';
import { checkRegions } from '../../operate/doctor/check-regions.js';
import { awsError, createTestClock } from '../lookup/lookup-history.fixture.js';
import type { LookupEventsPage } from '../lookup/lookup-page.js';
import { probeRegions } from './probe-regions.js';

const LATEST = Date.UTC(2026, 10, 20, 12);

/** Asks Regions of which each answers in a way of its own. */
async function probe(answers: Readonly<Record<string, number[] | string>>) {
  let running = 0;
  let most = 0;
  const pageOf =
    (region: string): LookupEventsPage =>
    async (request) => {
      expect(request).toMatchObject({ attribute: 'EventName', value: 'StartQueryExecution' });
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      const answer = answers[region] ?? [];
      if (typeof answer === 'string') throw awsError(answer);
      return {
        events: answer.map((eventTime) => ({ eventId: 'e', eventTime, cloudTrailEvent: null })),
        nextToken: 'x',
      };
    };
  const clock = createTestClock();
  const probed = await probeRegions({ regions: Object.keys(answers), pageOf, clock, random: () => 0.5 });
  return { probed, most };
}

describe('asking Regions for queries', () => {
  it('tells Regions with queries from idle, closed and broken ones, in the order asked', async () => {
    const { probed, most } = await probe({
      'us-east-1': [LATEST - 5, LATEST],
      'us-west-2': [],
      'af-south-1': 'UnrecognizedClientException',
      'ap-east-1': 'OptInRequired',
      'eu-west-1': 'AccessDeniedException',
      'eu-west-2': 'InternalFailure',
    });
    expect(probed.map(({ region, outcome, latest }) => [region, outcome, latest])).toEqual([
      ['us-east-1', 'queries', LATEST],
      ['us-west-2', 'idle', null],
      ['af-south-1', 'not-enabled', null],
      ['ap-east-1', 'not-enabled', null],
      ['eu-west-1', 'denied', null],
      ['eu-west-2', 'failed', null],
    ]);
    expect(most).toBeGreaterThan(1);
  });

  it('asks no more than eight at once', async () => {
    const { probed, most } = await probe(Object.fromEntries(regionsAround('eu-west-1').map((region) => [region, []])));
    expect(probed.length).toBeGreaterThan(30);
    expect(most).toBe(8);
  });
});

describe('what the doctor says of other Regions', () => {
  const region = (
    name: string,
    outcome: 'queries' | 'idle' | 'not-enabled' | 'denied',
    reason: string | null = null,
  ) => ({
    ...{ region: name, outcome, reason },
    latest: outcome === 'queries' ? LATEST : null,
  });

  it('warns of queries that nobody collects, and names the command', () => {
    const finding = checkRegions([region('eu-west-1', 'queries'), region('us-west-2', 'idle')], ['us-east-1']);
    expect(finding).toMatchObject({
      status: 'warn',
      message: 'queries ran in Regions that are not collected: eu-west-1 (last on 2026-11-20)',
      fix: expect.stringContaining('aqt deploy --collect-region us-east-1 eu-west-1'),
    });
  });

  it('warns where nobody can tell, and is content where no query ran', () => {
    const denied = checkRegions([region('eu-west-1', 'denied', 'AccessDeniedException')], ['us-east-1']);
    expect(denied).toMatchObject({ status: 'warn', message: expect.stringContaining('AccessDeniedException') });
    const idle = checkRegions([region('us-west-2', 'idle'), region('af-south-1', 'not-enabled')], ['us-east-1']);
    expect(idle).toMatchObject({
      status: 'pass',
      message: 'no queries in 1 other Region in 90 days; 1 more is not enabled',
    });
  });

  it('knows the Regions of a partition only', () => {
    expect(regionsAround('us-gov-west-1')).toEqual(['us-gov-east-1', 'us-gov-west-1']);
    expect(regionsAround('xx-new-1')).toEqual(['xx-new-1']);
  });
});
