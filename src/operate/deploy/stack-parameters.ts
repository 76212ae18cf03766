import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { TemplateParameter } from './describe-template.js';

/**
 * The parameters of a change set: what is given now, else what the stack has, else the template's default.
 * @throws Error for a name that the template does not have, or a value that it does not allow
 */
export function stackParameters(options: {
  readonly declared: Readonly<Record<string, TemplateParameter>>;
  readonly given: Readonly<Record<string, string>>;
  /** Parameters of the stack as it is; null for a new one. */
  readonly existing: Readonly<Record<string, string>> | null;
}): Parameter[] {
  const { declared, given, existing } = options;
  for (const [name, value] of Object.entries(given)) checkParameter({ name, value, declared });
  return Object.entries(declared).flatMap(([name, { Default }]): Parameter[] => {
    const value = given[name];
    if (value !== undefined) return [{ ParameterKey: name, ParameterValue: value }];
    if (existing && name in existing) return [{ ParameterKey: name, UsePreviousValue: true }];
    if (Default !== undefined) return [];
    throw new Error(`the parameter ${name} has no value`);
  });
}

/** The values that the stack would have: what is given, else what it has, else the template's default. */
export function effectiveValues(options: {
  readonly declared: Readonly<Record<string, TemplateParameter>>;
  readonly given: Readonly<Record<string, string>>;
  readonly existing: Readonly<Record<string, string>> | null;
}): Record<string, string> {
  const { declared, given, existing } = options;
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, { Default }]) => {
      const value = given[name] ?? existing?.[name] ?? (Default === undefined ? undefined : String(Default));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Reads `Name=Value` as the user typed it. @throws Error for anything else */
export function parseAssignments(assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name, value] = /^([A-Za-z0-9]+)=(.*)$/s.exec(assignment) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`--parameter ${JSON.stringify(assignment)}: write Name=Value, for example HourConcurrency=12`);
      }
      return [name, value];
    }),
  );
}

function checkParameter({
  name,
  value,
  declared,
}: {
  readonly name: string;
  readonly value: string;
  readonly declared: Readonly<Record<string, TemplateParameter>>;
}): void {
  const parameter = declared[name];
  if (!parameter) {
    throw new Error(`the stack has no parameter ${name}; it has ${Object.keys(declared).join(', ')}`);
  }
  const { AllowedValues, AllowedPattern, Description = '' } = parameter;
  if (AllowedValues && !AllowedValues.map(String).includes(value)) {
    throw new Error(`${name}=${value}: allowed are ${AllowedValues.join(', ')} (${Description})`);
  }
  const [least, most] = [Number(parameter.MinValue ?? -Infinity), Number(parameter.MaxValue ?? Infinity)];
  if (parameter.Type === 'Number' && !(/^-?\d+$/.test(value) && Number(value) >= least && Number(value) <= most)) {
    const bounds = most === Infinity ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`;
    throw new Error(`${name}=${value}: give ${bounds} (${Description})`);
  }
  if (AllowedPattern && !new RegExp(AllowedPattern).test(value)) {
    throw new Error(`${name}=${value} is not allowed (${Description}); it must match ${AllowedPattern}`);
  }
}
