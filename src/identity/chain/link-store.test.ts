import { describe, expect, it } from 'vitest';
import { readPrincipal } from '../../cloudtrail/principal.js';
import { readCredentialLink } from '../../cloudtrail/read-credential-link.js';
import { createCallerPool } from './caller-pool.js';
import { createLinkStore } from './link-store.js';

const caller = (name: string, accessKeyId = 'ASIASHARED') =>
  readPrincipal({ type: 'AssumedRole', arn: `arn:aws:sts::111122223333:assumed-role/R/${name}`, accessKeyId });

describe('createCallerPool', () => {
  it('keeps one object per caller, and callers that differ apart', () => {
    const pool = createCallerPool((text) => text);
    const names = Array.from({ length: 50 }, (_, index) => `s-${index}`);
    const first = names.map((name) => pool.take(caller(name)));
    expect(new Set(first).size).toBe(50);
    expect(names.map((name) => pool.take(caller(name)))).toEqual(first);
    expect(names.every((name, index) => pool.take(caller(name)) === first[index])).toBe(true);
    const delegated = { ...caller('s-0'), delegateAccountId: '444455556666' };
    expect(pool.take(delegated)).not.toBe(first[0]);
    expect(pool.take(caller('s-0'))).toBe(first[0]);
  });

  it('compares a bounded number of callers each time, although all share one access key', () => {
    const pool = createCallerPool((text) => text);
    for (let index = 0; index < 20_000; index++) pool.take(caller(`s-${index}`));
    expect(pool.comparisons).toBeLessThanOrEqual(8 * 20_000);
  });
});

describe('createLinkStore', () => {
  const link = (index: number, issued: string) => {
    const read = readCredentialLink({
      eventVersion: '1.11',
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      eventTime: '2026-11-01T05:00:00Z',
      eventID: `l-${index}`,
      userIdentity: { type: 'IAMUser', accessKeyId: 'AKIASHARED', arn: `arn:aws:iam::111122223333:user/u-${index}` },
      responseElements: { credentials: { accessKeyId: issued } },
    });
    if (read === null) throw new Error('no link');
    return read;
  };

  it('takes a link once, however many claim the same key', () => {
    const store = createLinkStore();
    for (const _ of [1, 2]) for (let index = 0; index < 40; index++) store.add(link(index, 'ASIAISSUED'));
    expect([store.size, store.byKey('ASIAISSUED').length]).toEqual([40, 40]);
  });

  it('holds ten thousand links that one key asked for or that claim one key', () => {
    const store = createLinkStore();
    for (let index = 0; index < 5_000; index++) {
      store.add(link(index, `ASIA${index}`));
      store.add(link(10_000 + index, 'ASIACLAIMED'));
    }
    expect([store.size, store.byKey('ASIACLAIMED').length, store.byKey('ASIA7').length]).toEqual([10_000, 5_000, 1]);
  });
});
