import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';

/** Which management events a trail records. */
export type Coverage = 'all' | 'write-only' | 'read-only' | 'none';

/**
 * Reads a trail's event selectors. StartQueryExecution is a write event; AssumeRole and its kind, which tell who stands behind
 * a role, are read events (aws-facts 5).
 */
export function coverageOf(selectors: {
  readonly EventSelectors?: readonly EventSelector[] | undefined;
  readonly AdvancedEventSelectors?: readonly AdvancedEventSelector[] | undefined;
}): Coverage {
  const { EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] } = selectors;
  const parts = [...basic.map(ofBasic), ...advanced.map(ofAdvanced)];
  const reads = parts.some((part) => part === 'all' || part === 'read-only');
  const writes = parts.some((part) => part === 'all' || part === 'write-only');
  return reads && writes ? 'all' : writes ? 'write-only' : reads ? 'read-only' : 'none';
}

function ofBasic({ IncludeManagementEvents = true, ReadWriteType = 'All' }: EventSelector): Coverage {
  if (!IncludeManagementEvents) return 'none';
  return ReadWriteType === 'WriteOnly' ? 'write-only' : ReadWriteType === 'ReadOnly' ? 'read-only' : 'all';
}

function ofAdvanced({ FieldSelectors = [] }: AdvancedEventSelector): Coverage {
  const equalTo = (field: string) => FieldSelectors.find(({ Field }) => Field === field)?.Equals;
  if (!equalTo('eventCategory')?.includes('Management')) return 'none';
  const readOnly = equalTo('readOnly');
  if (readOnly === undefined) return 'all';
  return readOnly.includes('false') ? 'write-only' : 'read-only';
}
