import type { PlainRequest } from '../../src/simulator/http-server.js';
import { brokenConnection, type Carried } from './in-process.js';

/** The part of an SDK client that is used here. */
export interface SdkClient {
  readonly config: {
    readonly endpoint?: () => Promise<{ readonly hostname: string }>;
    region(): Promise<string>;
    credentials(): Promise<{ readonly accessKeyId: string }>;
  };
}

export interface SdkCommand {
  readonly input: object;
}

/** Services that speak JSON, by the class of their client. */
const TARGETS: Readonly<Record<string, string>> = {
  CloudTrailClient: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  AthenaClient: 'AmazonAthena',
  IdentitystoreClient: 'AWSIdentityStore',
};

/** What the JSON protocol sends as seconds and the SDK hands out as dates. */
const DATES = new Set(['EventTime', 'SubmissionDateTime', 'CompletionDateTime']);

/** A call of a JSON service as it goes over the wire, and the SDK's answer or error made of what comes back; null for others. */
export function sendBare(
  client: SdkClient,
  command: SdkCommand,
): { request(): Promise<PlainRequest>; read(carried: Carried): unknown } | null {
  const target = TARGETS[client.constructor.name];
  if (target === undefined) return null;
  const operation = command.constructor.name.replace(/Command$/, '');
  return {
    async request() {
      const [{ accessKeyId }, region] = await Promise.all([client.config.credentials(), client.config.region()]);
      return {
        method: 'POST',
        target: '/',
        headers: {
          'x-amz-target': `${target}.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/any/aws4_request`,
        },
        body: Buffer.from(JSON.stringify(command.input, withSeconds)),
      };
    },
    read({ status, bytes, isCut }) {
      if (isCut) throw brokenConnection('aborted');
      const $metadata = { httpStatusCode: status };
      let body: Readonly<Record<string, unknown>>;
      try {
        body = JSON.parse(bytes.toString(), (name, value: unknown) =>
          DATES.has(name) && typeof value === 'number' ? new Date(Math.round(value * 1000)) : value,
        );
      } catch (error) {
        throw Object.assign(error as Error, { $metadata, $response: { statusCode: status } });
      }
      if (status < 300) return { ...body, $metadata };
      const { __type, message, Message, ...members } = body;
      const error = Object.assign(new Error(String(message ?? Message ?? '')), members, { $metadata });
      error.name = String(__type);
      throw error;
    },
  };
}

function withSeconds(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const own = this[name];
  return own instanceof Date ? own.getTime() / 1000 : value;
}
