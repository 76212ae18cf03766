import { gunzipSync, gzipSync } from 'node:zlib';
import type { StoredObject } from '../../src/simulator/services/s3-store.js';
import { hash, type Random } from '../../src/simulator/wire/random.js';

/** A record of CloudTrail, of which only these members matter here. */
export interface TrailRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly recipientAccountId: string;
  readonly userIdentity: object;
  readonly responseElements?: { readonly queryExecutionId?: string } | null;
}

export function recordsIn(bytes: Buffer): readonly TrailRecord[] {
  return (JSON.parse(gunzipSync(bytes).toString()) as { readonly Records: readonly TrailRecord[] }).Records;
}

type Envelope = (records: readonly TrailRecord[]) => Buffer;

/** What services between CloudTrail and a bucket make of its records. */
const ENVELOPES: readonly Envelope[] = [
  // Firehose writes one record behind the other.
  (records) => gzipSync(records.map((record) => JSON.stringify(record)).join('')),
  // A subscription of CloudWatch Logs is packed, and Firehose packs it again.
  (records) =>
    gzipSync(
      gzipSync(
        JSON.stringify({
          ...{ messageType: 'DATA_MESSAGE', owner: '111122223333', logGroup: 'trail', logStream: 'trail_us-east-1' },
          subscriptionFilters: ['all'],
          logEvents: records.map((record, index) => ({
            ...{ id: String(index), timestamp: Date.parse(record.eventTime), message: JSON.stringify(record) },
          })),
        }),
      ),
    ),
  // EventBridge.
  (records) =>
    Buffer.from(
      records
        .map((detail) =>
          JSON.stringify({
            ...{ version: '0', id: detail.eventID, 'detail-type': 'AWS API Call via CloudTrail' },
            ...{ source: 'aws.athena', account: detail.recipientAccountId, time: detail.eventTime, detail },
          }),
        )
        .join('\n'),
    ),
  // What Firehose could not deliver.
  (records) =>
    gzipSync(
      records
        .map((record) =>
          JSON.stringify({ errorCode: 'S3.Unavailable', rawData: gzipSync(JSON.stringify(record)).toString('base64') }),
        )
        .join('\n'),
    ),
  // Notifications, out of a queue.
  (records) =>
    Buffer.from(
      JSON.stringify({
        Messages: records.map((record) => ({
          MessageId: record.eventID,
          Body: JSON.stringify({ Type: 'Notification', Message: JSON.stringify({ Records: [record] }) }),
        })),
      }),
    ),
];

/** The same records as another service would have put them there, under the same name. */
export function inEnvelope(file: StoredObject, random: Random): StoredObject {
  return { ...file, bytes: random.pick(ENVELOPES)(recordsIn(file.bytes)) };
}

/** First bytes of what nobody can read here: xz, 7-Zip, encryption, and what is of no known kind. */
const UNREADABLE = ['fd377a585a00', '377abcaf271c', '6167652d656e6372797074696f6e', '0001020304'];

/** Something that nobody can read, beside a log file. */
export function unreadableBeside(file: StoredObject, random: Random): StoredObject {
  const noise = Buffer.from(Array.from({ length: 300 }, (_, at) => hash(file.key, at) % 256));
  const bytes = Buffer.concat([Buffer.from(random.pick(UNREADABLE), 'hex'), noise]);
  return { ...file, key: besides(file.key, UNREADABLE_NAME), bytes };
}

/** A further file with a copy of a start that names somebody else; null when none in this one began an execution. */
export function contradictionOf(file: StoredObject): { readonly file: StoredObject; readonly eventId: string } | null {
  const start = recordsIn(file.bytes).find(
    ({ eventName, responseElements }) => eventName === 'StartQueryExecution' && responseElements?.queryExecutionId,
  );
  if (!start) return null;
  const accountId = start.recipientAccountId;
  const userIdentity = {
    ...{ type: 'IAMUser', principalId: 'AIDASOMEBODYELSE', arn: `arn:aws:iam::${accountId}:user/somebody-else` },
    ...{ accountId, accessKeyId: 'AKIASOMEBODYELSE', userName: 'somebody-else' },
  };
  const bytes = gzipSync(JSON.stringify({ Records: [{ ...start, userIdentity }] }));
  return { file: { ...file, key: besides(file.key, CONTRADICTION_NAME), bytes }, eventId: start.eventID };
}

/** The ends of the names of files that lie beside those of CloudTrail. */
const UNREADABLE_NAME = 'UNREADAB';
export const CONTRADICTION_NAME = 'SOMEBODY';

function besides(key: string, name: string): string {
  return key.replace(/_([^_]{8})[^_]*(\.json\.gz)$/, `_$1${name}$2`);
}
