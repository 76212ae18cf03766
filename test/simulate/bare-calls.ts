import type { PlainRequest } from '../../src/simulator/wire/http-server.js';
import { brokenConnection, type Carried } from './in-process.js';

/** The part of an SDK client that is used here. */
export interface SdkClient {
  readonly config: {
    readonly endpoint?: () => Promise<{ readonly hostname: string }>;
    region(): Promise<string>;
    credentials(): Promise<{ readonly accessKeyId: string }>;
    maxAttempts(): Promise<number>;
    retryStrategy: () => Promise<unknown>;
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
  const operation = command.constructor.name.replace(/Command$/, '');
  if (client.constructor.name === 'STSClient' && operation === 'GetCallerIdentity') return callerIdentity(client);
  const target = TARGETS[client.constructor.name];
  // Its keys are bytes, which JSON does not have: the SDK reads them.
  if (target === undefined || operation === 'ListPublicKeys') return null;
  return {
    request: async () => ({
      method: 'POST',
      target: '/',
      headers: { 'x-amz-target': `${target}.${operation}`, authorization: await signatureOf(client, 'any') },
      body: Buffer.from(JSON.stringify(command.input, withSeconds)),
    }),
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

/** The one call that every process begins with; its errors are left to the SDK's own tests. */
function callerIdentity(client: SdkClient): ReturnType<typeof sendBare> {
  return {
    request: async () => ({
      method: 'POST',
      target: '/',
      headers: { authorization: await signatureOf(client, 'sts') },
      body: Buffer.from('Action=GetCallerIdentity&Version=2011-06-15'),
    }),
    read({ status, bytes, isCut }) {
      if (isCut) throw brokenConnection('aborted');
      const text = bytes.toString();
      const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
      if (status < 300) return { Account: member('Account'), Arn: member('Arn'), UserId: member('UserId') };
      const error = Object.assign(new Error(member('Message') ?? ''), { $metadata: { httpStatusCode: status } });
      error.name = member('Code') ?? 'Unknown';
      throw error;
    },
  };
}

async function signatureOf(client: SdkClient, service: string): Promise<string> {
  const [{ accessKeyId }, region] = await Promise.all([client.config.credentials(), client.config.region()]);
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request`;
}

function withSeconds(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const own = this[name];
  return own instanceof Date ? own.getTime() / 1000 : value;
}
