import { describe, expect, it } from 'vitest';
import { LIST_PRICES } from './prices.js';
import { PricesError, parsePrices } from './prices-file.js';

describe('a prices file', () => {
  it.each(['', '{}', '# nothing'])('that says nothing (%j) leaves the list prices', (text) => {
    expect(parsePrices(text)).toEqual(LIST_PRICES);
  });

  it('may be JSON', () => {
    const { regions } = parsePrices('{"regions": {"ap-east-2": {"scan": 5.25, "from": "2026-06-01"}}}');
    expect(regions['ap-east-2']).toEqual([
      { from: '2026-06-01', currency: 'USD', scan: 5.25, reservation: null, source: 'prices file', isUnsure: false },
    ]);
  });

  it.each([
    ['regions:\n  eu-west1: { scan: 5 }', 'line 2: eu-west1 is no Region of AWS; do you mean eu-west-1'],
    ['regions:\n  mars-1: { scan: 5 }', 'line 2: mars-1 is no Region of AWS; write it as AWS does: eu-west-1'],
    ['regions:\n  us-east-1:\n    scan: -5', 'line 3: scan: -5 is no amount; write a number from 0, like 5.75'],
    ['regions:\n  us-east-1:\n    scan: five', 'line 3: scan: five is no amount'],
    [
      'regions:\n  us-east-1:\n    scans: 5',
      'line 3: the prices of us-east-1 has no scans; it may have from, currency, scan',
    ],
    ['region: 5', 'line 1: a prices file has no region; it may have tb, regions, discounts, usd_per'],
    ['tb: 1024', 'line 1: tb: 1024 is no TB; write binary (2^40 bytes) or decimal (10^12 bytes)'],
    ['discounts:\n  - percent: 120', 'line 2: percent: 120 is no discount; write percent: and a number from 0 to 100'],
    ['discounts:\n  - percent: -3', 'line 2: percent: -3 is no discount'],
    ['discounts:\n  - on: scan', 'line 2: a discount has no percent; write percent: and a number from 0 to 100'],
    ['discounts:\n  - { percent: 5, from: 2026-13-01 }', 'line 2: from: 2026-13-01 is no day; write 2026-01-31'],
    ['usd_per: { CNY: 0 }', 'line 1: usd_per CNY: at 0 all would be free'],
    ['regions:\n  us-east-1: { from: 2026-01-01 }', 'line 2: us-east-1 has no price; write scan: <USD per TB>'],
    ['discounts: 5', 'line 1: discounts is 5, and should be a list'],
    ['discounts:\n  - { percent: 5, on: spark }', 'line 2: on: spark has no price; write scan or reservation'],
    ['discounts:\n  - { percent: 5, account: 12 }', 'line 2: account: 12 is not 12 digits'],
    ['regions:\n  us-east-1: { scan: 5, from: 2026-02-31 }', 'line 2: from: 2026-02-31 is no day; write 2026-01-31'],
    ['regions:\n  us-east-1:\n    - { scan: 5 }\n    - { scan: 6 }', 'us-east-1 has two prices from the beginning on'],
    ['usd_per: { yuan: 1 }', 'line 1: usd_per: yuan is no code like CNY'],
    ['a: [', 'line 1: not readable as YAML or JSON'],
    ['- 1', 'line 1: a prices file is a list, and should be names with values'],
  ])('%j is refused with line, value and way out', (text, message) => {
    expect(() => parsePrices(text)).toThrow(PricesError);
    expect(() => parsePrices(text)).toThrow(message);
  });

  it('names everything that is wrong at once', () => {
    expect(() => parsePrices('tb: 1\nregions: { us-east-1: { scan: -1 } }')).toThrow(/line 1: tb[\s\S]*line 2: scan/);
  });
});
