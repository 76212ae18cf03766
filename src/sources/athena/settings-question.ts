import type { Page, SettingsCalls } from './settings-calls.js';

/** Does a call with the pace and the tries that its action has. */
export type Ask = <T>(action: string, call: () => Promise<T>) => Promise<T>;

/** What is needed to ask AWS how something is set up. */
export interface SettingsQuestion {
  readonly calls: SettingsCalls;
  readonly ask: Ask;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads a paged list whole.
 * @throws Error when AWS gives the same page token twice, which would never end
 */
export async function allPages<T>(fetch: (token: string | null) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let token: string | null = null;
  do {
    const page: Page<T> = await fetch(token);
    items.push(...page.items);
    if (page.nextToken !== null && page.nextToken === token) throw new Error('AWS repeats the same page token');
    token = page.nextToken;
  } while (token !== null);
  return items;
}
