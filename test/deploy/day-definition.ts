import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Definition } from './asl-interpreter.js';

/** The definition out of the template, with the names of the functions in place of their ARNs. */
export function dayDefinition(folder: string, feeds = ''): Definition {
  const template = JSON.parse(readFileSync(join(folder, 'deploy/template.json'), 'utf8'));
  const [text, names] = template.Resources.DayMachine.Properties.DefinitionString['Fn::Sub'] as [
    string,
    Record<string, string>,
  ];
  const filled = text.replace(/\$\{([\w:]+)\}/g, (_, name: string) => {
    if (name === 'Retries') return names.Retries ?? '';
    if (name === 'Feeds') return feeds;
    if (name === 'ScanConcurrency') return '3';
    return name === 'HourConcurrency' ? '24' : name.replace(/(Arn|Name)$/, '');
  });
  return JSON.parse(filled) as Definition;
}
