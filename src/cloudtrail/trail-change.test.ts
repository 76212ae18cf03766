import { describe, expect, it } from 'vitest';
import { readTrailChange } from './trail-change.js';

const record = (eventName: string, requestParameters: unknown, over: object = {}) => ({
  eventSource: 'cloudtrail.amazonaws.com',
  eventName,
  eventTime: '2026-11-03T10:00:05Z',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory' },
  requestParameters,
  ...over,
});
const effect = (eventName: string, request: unknown, over?: object) =>
  readTrailChange(record(eventName, request, over))?.effect ?? null;
const advanced = (...fieldSelectors: object[]) => ({
  trailName: 'main',
  advancedEventSelectors: [{ name: 'x', fieldSelectors }],
});
const MANAGEMENT = { field: 'eventCategory', equals: ['Management'] };

describe('a change of a trail', () => {
  it('names trail, place, time and who made it', () => {
    const name = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main';
    expect(readTrailChange(record('StopLogging', { name }))).toEqual({
      kind: 'trail-change',
      eventName: 'StopLogging',
      trail: 'main',
      accountId: '111122223333',
      region: 'us-east-1',
      eventTime: Date.parse('2026-11-03T10:00:05Z'),
      by: 'arn:aws:iam::111122223333:user/mallory',
      effect: 'stops',
    });
  });

  it.each([
    ['StopLogging', { name: 'main' }, 'stops'],
    ['DeleteTrail', { name: 'main' }, 'stops'],
    ['StartLogging', { name: 'main' }, 'resumes'],
    ['UpdateTrail', { name: 'main', s3BucketName: 'elsewhere' }, 'stops'],
    ['UpdateTrail', { name: 'main', isMultiRegionTrail: false }, 'stops'],
    ['UpdateTrail', { name: 'main', enableLogFileValidation: true }, null],
    ['CreateTrail', { name: 'main' }, null],
  ])('%s %j: %s', (name, request, expected) => expect(effect(name, request)).toBe(expected));

  it.each([
    [{ eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }] }, 'resumes'],
    [{ eventSelectors: [{ readWriteType: 'WriteOnly' }] }, 'resumes'],
    [{ eventSelectors: [{ readWriteType: 'ReadOnly', includeManagementEvents: true }] }, 'narrows'],
    [{ eventSelectors: [{ readWriteType: 'All', includeManagementEvents: false }] }, 'narrows'],
    [{ eventSelectors: [{ excludeManagementEventSources: ['athena.amazonaws.com'] }] }, 'narrows'],
    [{ eventSelectors: [{ excludeManagementEventSources: ['kms.amazonaws.com'] }] }, 'resumes'],
    [{ eventSelectors: [] }, 'narrows'],
    [advanced(MANAGEMENT), 'resumes'],
    [advanced(MANAGEMENT, { field: 'readOnly', equals: ['false'] }), 'resumes'],
    [advanced(MANAGEMENT, { field: 'readOnly', equals: ['true'] }), 'narrows'],
    [advanced(MANAGEMENT, { field: 'eventSource', notEquals: ['kms.amazonaws.com'] }), 'resumes'],
    [advanced(MANAGEMENT, { field: 'eventSource', notEquals: ['athena.amazonaws.com'] }), 'narrows'],
    [advanced(MANAGEMENT, { field: 'eventName', notStartsWith: ['Start'] }), 'narrows'],
    [advanced({ field: 'eventCategory', equals: ['Data'] }), 'narrows'],
    [advanced(MANAGEMENT, { field: 'somethingNew', equals: ['x'] }), 'narrows'],
    [null, 'narrows'],
  ])('selectors %j: %s', (request, expected) => expect(effect('PutEventSelectors', request)).toBe(expected));

  it('is none where it was refused, or is another service’s', () => {
    expect(effect('StopLogging', { name: 'main' }, { errorCode: 'AccessDenied' })).toBeNull();
    expect(effect('StopLogging', { name: 'main' }, { eventSource: 'x.amazonaws.com' })).toBeNull();
    expect(readTrailChange('StopLogging')).toBeNull();
  });
});
