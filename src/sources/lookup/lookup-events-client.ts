import { CloudTrailClient, type CloudTrailClientConfig, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { UnusableAnswer } from '../aws/aws-failure.js';
import type { LookupEventsPage } from './lookup-page.js';

/** What the SDK must be told so that this project's pacing and retries hold: one attempt, and time-outs that are errors. */
export const PACED_CLIENT = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

/** Makes the page function for an account and Region. */
export function openLookupEventsPage(config: CloudTrailClientConfig): LookupEventsPage {
  return createLookupEventsPage(new CloudTrailClient({ ...config, ...PACED_CLIENT }));
}

/** Makes the page function of a CloudTrail client; create the client with `PACED_CLIENT`. */
export function createLookupEventsPage(client: CloudTrailClient): LookupEventsPage {
  return async ({ attribute, value, startTime, endTime, nextToken }, signal) => {
    const answer = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }],
        MaxResults: 50,
        ...(startTime === null ? {} : { StartTime: new Date(startTime) }),
        ...(endTime === null ? {} : { EndTime: new Date(endTime) }),
        ...(nextToken === null ? {} : { NextToken: nextToken }),
      }),
      signal ? { abortSignal: signal } : {},
    );
    if (!answer.Events) throw new UnusableAnswer('LookupEvents', 'Events');
    return {
      events: answer.Events.map((event) => ({
        eventId: event.EventId ?? null,
        eventTime: event.EventTime?.getTime() ?? null,
        cloudTrailEvent: event.CloudTrailEvent ?? null,
      })),
      nextToken: answer.NextToken ?? null,
    };
  };
}
