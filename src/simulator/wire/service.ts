import type { IncomingHttpHeaders } from 'node:http';

export type ServiceName = 'cloudtrail' | 'athena' | 'sts' | 's3' | 'identitystore' | 'glue';

/** A request whose service, operation, account and Region are known. */
export interface ServiceRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Epoch milliseconds on the simulator's clock. */
  readonly now: number;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** An error that the service answers with; `extra` adds members to a JSON body. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

export function jsonResponse(value: unknown): ServiceResponse {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) };
}

export function xmlResponse(xml: string, headers: Readonly<Record<string, string>> = {}): ServiceResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** Reads the JSON body of a JSON 1.1 request. */
export function jsonBodyOf(request: ServiceRequest): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(request.body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below like every other body that is no object.
  }
  throw new ServiceError(400, 'SerializationException', 'the request body is not a JSON object');
}

/** Writes an error in the form of the service's protocol. */
export function errorResponse(service: ServiceName, error: ServiceError): ServiceResponse {
  const { status, code, message } = error;
  if (service === 's3') {
    const xml = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>SIMULATED</RequestId></Error>`;
    return { ...xmlResponse(xml), status };
  }
  if (service === 'sts') {
    const type = status < 500 ? 'Sender' : 'Receiver';
    const xml = `<ErrorResponse xmlns="${STS_NAMESPACE}"><Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>SIMULATED</RequestId></ErrorResponse>`;
    return { ...xmlResponse(xml), status };
  }
  // Athena writes `Message`, CloudTrail `message` (aws-facts 2.2).
  const body = { __type: code, ...error.extra, [service === 'athena' ? 'Message' : 'message']: message };
  return { ...jsonResponse(body), status };
}

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

export function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(x[0-9a-f]+|\d+);/gi, (_, code: string) =>
      String.fromCodePoint(code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number(code)),
    )
    .replaceAll('&amp;', '&');
}
