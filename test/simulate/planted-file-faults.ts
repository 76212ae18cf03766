import { gunzipSync, gzipSync } from 'node:zlib';
import type { Simulator } from '../../src/simulator/simulator.js';
import { CONTRADICTION_NAME } from './foreign-files.js';

type Answer = Simulator['answer'];

/** A log file that cannot be unpacked is answered as one without records. */
export function damageHidden(simulator: Simulator): Answer {
  return withoutFiles(simulator, ({ bytes }) => bytes[0] === 0x1f && unpacked(bytes) === null);
}

/** What is not as CloudTrail writes it is answered as a file without records. */
export function envelopesUnread(simulator: Simulator): Answer {
  return withoutFiles(simulator, ({ bytes }) => {
    const text = bytes[0] === 0x7b ? bytes : unpacked(bytes);
    return text !== null && !text.toString('latin1', 0, 20).startsWith('{"Records":[');
  });
}

/** Bytes of no known kind are answered as a file without records. */
export function unreadHidden(simulator: Simulator): Answer {
  return withoutFiles(simulator, ({ bytes }) => bytes.length > 1 && bytes[0] !== 0x1f && bytes[0] !== 0x7b);
}

/** Copies that name somebody else are answered as files without records. */
export function contradictionsHidden(simulator: Simulator): Answer {
  return withoutFiles(simulator, ({ key }) => key.includes(`${CONTRADICTION_NAME}.json.gz`));
}

interface SentFile {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Answers some of a trail's log files as if they held no records. */
function withoutFiles({ answer }: Simulator, isHidden: (file: SentFile) => boolean): Answer {
  return async (request) => {
    const given = await answer(request);
    const key = decodeURIComponent(request.target);
    if (given.kind !== 'answer' || !/^\/[^?]*\/CloudTrail\/.*\.json\.gz/.test(key)) return given;
    if (!isHidden({ key, bytes: Buffer.from(given.response.body) })) return given;
    const headers = { 'content-type': 'application/json' };
    return { ...given, response: { status: 200, headers, body: gzipSync('{"Records":[{"eventName":"none"}]}') } };
  };
}

function unpacked(bytes: Buffer): Buffer | null {
  try {
    return gunzipSync(bytes);
  } catch {
    return null;
  }
}
