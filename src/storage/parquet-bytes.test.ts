import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { busyHour, collect, streamOf } from '../record/row.fixture.js';
import { encodeParquet } from './encode-parquet.js';

// Among the fast tests, so that whoever adds a column meets it: a report's bytes are its hash in manifest and seal.
test('the same rows give these very bytes on every machine', async () => {
  const digest = createHash('sha256')
    .update(Buffer.concat(await collect(encodeParquet(streamOf(busyHour(3000))))))
    .digest('hex');
  expect(digest).toMatchInlineSnapshot(`"637e3e122dd6e1c2b981561bdcf57ab2baa31a2338cf56cf8f8b2825bc94ccbf"`);
});
