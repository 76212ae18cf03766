/** Parameters of the template that the module sets by itself. */
const OWN = ['ArtifactBucket', 'ArtifactPrefix'];

/**
 * Writes the variables of the Terraform module, one for each parameter of the template, with its type, default and checks.
 * @param {Readonly<Record<string, {Type: string, Default?: string | number, Description?: string, AllowedPattern?: string,
 *   AllowedValues?: readonly (string | number)[], MinValue?: number, MaxValue?: number}>>} parameters
 */
export function terraformVariables(parameters) {
  const blocks = named(parameters).map(([name, parameter]) => variable(variableName(name), parameter));
  return `${MADE}\n${blocks.join('\n')}`;
}

/** Writes the map that hands the variables to the template. */
export function terraformParameters(parameters) {
  const names = named(parameters).map(([name]) => name);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `    ${name.padEnd(width)} = var.${variableName(name)}`);
  return `${MADE}\nlocals {\n  parameters = {\n${lines.join('\n')}\n  }\n}\n`;
}

/** `ReportKeyArn` as Terraform writes names: `report_key_arn`. */
export function variableName(parameter) {
  return parameter.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

const MADE = '# Made from the template: UPDATE_DOCS=1 npx vitest run test/deploy/terraform.test.ts writes it anew.\n';

function named(parameters) {
  return Object.entries(parameters)
    .filter(([name]) => !OWN.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function variable(name, parameter) {
  const isNumber = parameter.Type === 'Number';
  const value = isNumber ? String(parameter.Default) : text(String(parameter.Default));
  const checks = validations(name, parameter).map(
    ({ condition, message }) =>
      `\n  validation {\n    condition     = ${condition}\n    error_message = ${text(message)}\n  }\n`,
  );
  return [
    `variable "${name}" {`,
    `  description = ${text(parameter.Description ?? '')}`,
    `  type        = ${isNumber ? 'number' : 'string'}`,
    `  default     = ${value}`,
    `${checks.join('')}}`,
    '',
  ].join('\n');
}

function validations(name, { Type, AllowedPattern, AllowedValues, MinValue, MaxValue }) {
  const found = [];
  if (AllowedValues) {
    const list = AllowedValues.map((value) => (Type === 'Number' ? value : text(String(value)))).join(', ');
    const shown = AllowedValues.map((value) => (value === '' ? '(empty)' : value)).join(', ');
    found.push({ condition: `contains([${list}], var.${name})`, message: `Allowed are ${shown}.` });
  }
  if (AllowedPattern) {
    found.push({
      condition: `can(regex(${text(AllowedPattern)}, var.${name}))`,
      message: `The value must match ${AllowedPattern}.`,
    });
  }
  if (MinValue !== undefined || MaxValue !== undefined) {
    const bounds = [
      ...(MinValue === undefined ? [] : [`var.${name} >= ${MinValue}`]),
      ...(MaxValue === undefined ? [] : [`var.${name} <= ${MaxValue}`]),
      `floor(var.${name}) == var.${name}`,
    ];
    const range = MaxValue === undefined ? `from ${MinValue}` : `from ${MinValue} to ${MaxValue}`;
    found.push({ condition: bounds.join(' && '), message: `Give a whole number ${range}.` });
  }
  return found;
}

/** A string of Terraform's language. */
function text(value) {
  const escaped = value.replace(/[\\"]/g, (sign) => `\\${sign}`).replace(/[$%]\{/g, (begin) => `${begin[0]}${begin}`);
  return `"${escaped}"`;
}
