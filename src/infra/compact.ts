/**
 * Writes `Fn::Join` of texts and references, which is how CDK renders every composed text, as the shorter and more readable
 * `Fn::Sub`. Conditions stay: CloudFormation allows no `Fn::Sub` there.
 */
export function compact(template: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template).map(([section, value]) => [section, section === 'Conditions' ? value : rewrite(value)]),
  );
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  const text = joinedText(value as Record<string, unknown>);
  if (text !== null) return { 'Fn::Sub': text };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rewrite(inner)]));
}

/** The text for `Fn::Sub`, or null when the value is no join, or one of more than texts and references. */
function joinedText(value: Readonly<Record<string, unknown>>): string | null {
  const join = value['Fn::Join'];
  if (!Array.isArray(join) || join[0] !== '' || !Array.isArray(join[1])) return null;
  const parts = join[1].map(partText);
  return parts.every((part) => part !== null) ? parts.join('') : null;
}

function partText(part: unknown): string | null {
  if (typeof part === 'string') return part.replaceAll('${', '${!');
  if (typeof part !== 'object' || part === null || Object.keys(part).length !== 1) return null;
  const { Ref: reference, 'Fn::GetAtt': attribute } = part as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  if (typeof reference === 'string') return `\${${reference}}`;
  if (Array.isArray(attribute)) return `\${${attribute.join('.')}}`;
  return null;
}
