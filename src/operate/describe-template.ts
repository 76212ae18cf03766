/** A CloudFormation template, as far as it is looked at here. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly Description?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Lines that say what a template creates: resources by type, with their names in the template. */
export function describeResources(template: Template): string[] {
  const byType = new Map<string, string[]>();
  for (const [id, { Type }] of Object.entries(template.Resources)) byType.set(Type, [...(byType.get(Type) ?? []), id]);
  const width = Math.max(...[...byType.keys()].map((type) => type.length));
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, ids]) => `${type.padEnd(width)}  ${ids.sort().join(', ')}`);
}

/** Lines that say what every role may do: action, resource, condition. */
export function describePermissions(template: Template): string[] {
  const lines: string[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    for (const statement of statementsOf(Type, Properties)) {
      if (lines.at(-1) === undefined || !lines.includes(id)) lines.push(id);
      const { Effect, Action, Resource, Condition, Principal } = statement;
      const principal = Principal === undefined ? '' : ` by ${shown(Principal)}`;
      const condition = Condition === undefined ? '' : ` when ${JSON.stringify(plain(Condition))}`;
      lines.push(`  ${Effect} ${listOf(Action).join(', ')}${principal}`);
      lines.push(`    on ${listOf(Resource).map(shown).join(', ')}${condition}`);
    }
  }
  return lines;
}

interface PolicyStatement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

function statementsOf(type: string, properties: Readonly<Record<string, unknown>>): PolicyStatement[] {
  const documents: unknown[] = [];
  if (type === 'AWS::IAM::Role') {
    for (const policy of listOf(properties.Policies))
      documents.push((policy as { PolicyDocument?: unknown }).PolicyDocument);
  } else if ('PolicyDocument' in properties) documents.push(properties.PolicyDocument);
  return documents.flatMap(
    (document) => listOf((document as { Statement?: unknown } | undefined)?.Statement) as PolicyStatement[],
  );
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function shown(value: unknown): string {
  const simple = plain(value);
  return typeof simple === 'string' ? simple : JSON.stringify(simple);
}

/** References and composed texts in the short form of YAML templates. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1) {
    const [key, inner] = first;
    if (key === 'Ref') return `\${${String(inner)}}`;
    if (key === 'Fn::Sub') return plain(Array.isArray(inner) ? inner[0] : inner);
    if (key === 'Fn::GetAtt') return `\${${listOf(inner).join('.')}}`;
    if (key === 'Fn::Join') return listOf(listOf(inner)[1]).map(shown).join('');
    if (key === 'Fn::If') {
      const [condition, yes, no] = listOf(inner);
      return `${shown(yes)} (if ${String(condition)}, else ${shown(no)})`;
    }
    if (key === 'Fn::Select' || key === 'Fn::Split') return '…';
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}
