import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { terraformParameters, terraformVariables, variableName } from '../../scripts/terraform-variables.mjs';
import { ROOT } from '../source-tree.js';
import { quickTemplate } from './infra-template.js';

const isUpdate = process.env.UPDATE_DOCS === '1' && process.env.CI !== 'true';
const MODULE = join(ROOT, 'deploy/terraform');

describe('the Terraform module', () => {
  const parameters = quickTemplate().Parameters ?? {};

  it.each([
    ['variables.tf', terraformVariables],
    ['parameters.tf', terraformParameters],
  ] as const)('has each parameter of the template, with type, default and checks: %s', (file, write) => {
    if (isUpdate) writeFileSync(join(MODULE, file), write(parameters));
    expect(readFileSync(join(MODULE, file), 'utf8')).toBe(write(parameters));
  });

  it('sets by itself what has no default', () => {
    const main = readFileSync(join(MODULE, 'main.tf'), 'utf8');
    const without = Object.entries(parameters).filter(([, { Default }]) => Default === undefined);
    expect(without.map(([name]) => name)).toEqual(['ArtifactBucket']);
    for (const [name] of without) expect(main).toContain(`${name} = var.artifact_bucket`);
  });

  it('speaks of no variable and no output that is not there', () => {
    const files = ['main.tf', 'outputs.tf', 'variables.tf', 'parameters.tf'].map((file) =>
      readFileSync(join(MODULE, file), 'utf8'),
    );
    const all = files.join('\n');
    const declared = new Set([...all.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name));
    const used = [...all.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name);
    expect(used.filter((name) => !declared.has(name))).toEqual([]);
    const example = readFileSync(join(MODULE, 'examples/basic/main.tf'), 'utf8');
    const given = [...example.matchAll(/^ {2}(\w+) +=/gm)].map(([, name]) => name).filter((name) => name !== 'source');
    expect(given.filter((name) => name !== 'region' && name !== 'value' && !declared.has(name))).toEqual([]);
    const stack = readFileSync(join(ROOT, 'src/infra/tracker-stack.ts'), 'utf8');
    for (const [, output] of all.matchAll(/outputs\["(\w+)"\]/g)) expect(stack).toContain(`${output}:`);
  });

  it('writes names and texts as Terraform takes them', () => {
    expect(variableName('ReportKeyArn')).toBe('report_key_arn');
    expect(variableName('HourReservedConcurrency')).toBe('hour_reserved_concurrency');
    const one = terraformVariables({
      Odd: { Type: 'String', Default: 'a "b" ${c}', AllowedPattern: '^\\d$', Description: 'x' },
      Few: { Type: 'Number', Default: 3, MinValue: 1, MaxValue: 5 },
    });
    expect(one).toContain('default     = "a \\"b\\" $${c}"');
    expect(one).toContain('can(regex("^\\\\d$", var.odd))');
    expect(one).toContain('var.few >= 1 && var.few <= 5 && floor(var.few) == var.few');
  });
});
