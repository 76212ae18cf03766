import type { Principal } from '../../cloudtrail/principal.js';
import type { Start } from '../../cloudtrail/start.js';

/**
 * Makes equal principals and repeated strings one object: thousands of starts of a session then cost little memory.
 * The pool lives as long as the returned function.
 */
export function createInterner(): (start: Start) => Start {
  const principals = new Map<string, Principal>();
  const texts = new Map<string, string>();
  const text = <T extends string | null>(value: T): T => {
    if (value === null) return value;
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return (known ?? value) as T;
  };
  return (start) => {
    const key = JSON.stringify(start.principal);
    const principal = principals.get(key) ?? start.principal;
    principals.set(key, principal);
    return {
      ...start,
      principal,
      kind: 'start',
      region: text(start.region),
      accountId: text(start.accountId),
      errorCode: text(start.errorCode),
      errorMessage: text(start.errorMessage),
      workGroup: text(start.workGroup),
      catalog: text(start.catalog),
      database: text(start.database),
      sourceIp: text(start.sourceIp),
      userAgent: text(start.userAgent),
    };
  };
}
