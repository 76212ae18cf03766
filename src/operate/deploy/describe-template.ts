/** A CloudFormation template, as far as it is looked at here. */
export interface Template {
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly Description?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

export interface TemplateResource {
  readonly Type: string;
  /** Name of the condition under which the resource exists. */
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Lines that say what a template creates with these values of its parameters: resources by type, with their names in the template. */
export function describeResources(template: Template, values: Readonly<Record<string, string>>): string[] {
  const { holds } = createReader(template, values);
  const byType = new Map<string, string[]>();
  const made = Object.entries(template.Resources).filter(([, { Condition }]) => !Condition || holds({ Condition }));
  for (const [id, { Type }] of made) byType.set(Type, [...(byType.get(Type) ?? []), id]);
  const width = Math.max(...[...byType.keys()].map((type) => type.length));
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, ids]) => `${type.padEnd(width)}  ${ids.sort().join(', ')}`);
}

/**
 * Lines that say what every role may do: policy and its roles, then action, resource, condition of each statement. `values` are
 * the stack's parameters, and `AWS::StackName` and its like where they are known; a parameter that is not among them has its
 * default. What only AWS will know (names it makes up) stays `${…}`.
 */
export function describePermissions(template: Template, values: Readonly<Record<string, string>>): string[] {
  return permissionsOf(template, values).flatMap(({ policy, lines }) => [policy, ...lines]);
}

/** A template with the values of its parameters. */
export interface FilledTemplate {
  readonly template: Template;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The same for an update: only policies that change, what they lose behind `-`, what they gain behind `+`. Each side has its own
 * values: a role in another account, a bucket or a key that is newly named is a new permission, though the template is the same.
 */
export function describePermissionChanges(before: FilledTemplate, after: FilledTemplate): string[] {
  const old = new Map(permissionsOf(before.template, before.values).map(({ policy, lines }) => [policy, lines]));
  const next = new Map(permissionsOf(after.template, after.values).map(({ policy, lines }) => [policy, lines]));
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((policy) => {
    const [lost, gained] = [statements(old.get(policy)), statements(next.get(policy))];
    const changes = [
      ...lost.filter((statement) => !gained.includes(statement)).map((statement) => `- ${statement}`),
      ...gained.filter((statement) => !lost.includes(statement)).map((statement) => `+ ${statement}`),
    ];
    return changes.length === 0 ? [] : [policy, ...changes.map((change) => `  ${change}`)];
  });
}

/** Two lines of a statement as one. */
function statements(lines: readonly string[] = []): string[] {
  return lines.flatMap((line, index) => (index % 2 === 0 ? [`${line.trim()} ${lines[index + 1]?.trim() ?? ''}`] : []));
}

function permissionsOf(
  template: Template,
  values: Readonly<Record<string, string>>,
): { readonly policy: string; readonly lines: readonly string[] }[] {
  const { shown, plain, holds } = createReader(template, values);
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {}, Condition: when }]) => {
    if (when !== undefined && !holds({ Condition: when })) return [];
    const lines = statementsOf(Type, Properties).flatMap(({ Effect, Action, Resource, Condition, Principal }) => {
      const principal = Principal === undefined ? '' : ` by ${shown(Principal)}`;
      const condition = Condition === undefined ? '' : ` when ${JSON.stringify(plain(Condition))}`;
      return [
        `  ${Effect} ${listOf(Action).join(', ')}${principal}`,
        `    on ${listOf(Resource).map(shown).join(', ')}${condition}`,
      ];
    });
    const roles = listOf(Properties.Roles).flatMap((role) => (role as { Ref?: string }).Ref ?? []);
    return lines.length === 0 ? [] : [{ policy: roles.length > 0 ? `${id}, of ${roles.join(', ')}` : id, lines }];
  });
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

/** Reads values as they will be: parameters filled in, conditions decided, composed texts joined. */
function createReader({ Parameters = {}, Conditions = {} }: Template, values: Readonly<Record<string, string>>) {
  const parameter = (name: string): string | null => {
    const { Default } = Parameters[name] ?? {};
    return values[name] ?? (Default === undefined ? null : String(Default));
  };
  const holds = (condition: unknown): boolean => {
    const [[key, inner] = ['', undefined]] = Object.entries(condition as Record<string, unknown>);
    if (key === 'Condition') return holds(Conditions[String(inner)]);
    if (key === 'Fn::Not') return !holds(listOf(inner)[0]);
    if (key === 'Fn::And') return listOf(inner).every(holds);
    if (key === 'Fn::Or') return listOf(inner).some(holds);
    if (key === 'Fn::Equals') return shown(listOf(inner)[0]) === shown(listOf(inner)[1]);
    throw new Error(`the template has a condition that is not understood: ${JSON.stringify(condition)}`);
  };
  const composed = (text: string, names: Readonly<Record<string, unknown>> = {}): string =>
    text.replace(/\$\{([^!}][^}]*)\}/g, (whole, name: string) =>
      name in names ? shown(names[name]) : (parameter(name) ?? whole),
    );
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (!first || entries.length > 1) return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
    const [key, inner] = first;
    const list = listOf(inner);
    switch (key) {
      case 'Ref':
        return parameter(String(inner)) ?? `\${${String(inner)}}`;
      case 'Fn::Sub':
        return composed(String(list[0]), list[1] as Record<string, unknown> | undefined);
      case 'Fn::GetAtt':
        return `\${${list.join('.')}}`;
      case 'Fn::Join':
        return listOf(list[1]).map(shown).join(String(list[0]));
      case 'Fn::Split':
        return shown(list[1]).split(String(list[0]));
      case 'Fn::Select':
        return listOf(plain(list[1]))[Number(list[0])];
      case 'Fn::If':
        return plain(holds({ Condition: list[0] }) ? list[1] : list[2]);
      default:
        return { [key]: plain(inner) };
    }
  };
  const shown = (value: unknown): string => {
    const simple = plain(value);
    return typeof simple === 'string' ? simple : (JSON.stringify(simple) ?? '');
  };
  return { plain, shown, holds };
}
