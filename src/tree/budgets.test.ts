import { expect, it } from 'vitest';
import { readBudgets, setBudget } from './budgets.js';
import { createMemoryStore } from './memory-store.fixture.js';

it('keeps budgets of everything and of workgroups, and removes them again', async () => {
  const store = createMemoryStore();
  expect(await readBudgets(store)).toEqual({ schema: 1, all: null, workgroups: {} });
  await setBudget(store, { workgroup: null, usd: 1200 });
  await setBudget(store, { workgroup: 'etl', usd: 300 });
  expect(await setBudget(store, { workgroup: 'bi', usd: 50.5 })).toEqual({
    ...{ schema: 1, all: 1200, workgroups: { bi: 50.5, etl: 300 } },
  });
  await setBudget(store, { workgroup: 'etl', usd: null });
  await setBudget(store, { workgroup: null, usd: null });
  expect(await readBudgets(store)).toEqual({ schema: 1, all: null, workgroups: { bi: 50.5 } });
});

it.each([
  '{"schema":1,"all":-4,"workgroups":{}}',
  '{"schema":1,"all":null,"workgroups":{"a":"9"}}',
  '{"schema":1}',
  '[',
])('takes no damaged budget for none: %s', async (text) => {
  const store = createMemoryStore();
  store.files.set('_work/budgets.json', Buffer.from(text));
  await expect(readBudgets(store)).rejects.toThrow('_work/budgets.json is damaged');
});
