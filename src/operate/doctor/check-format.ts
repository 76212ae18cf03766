import type { KeptTree } from '../deploy/check-change.js';
import type { DeployedStack } from './check-stack.js';
import { type Finding, fail, pass } from './finding.js';

/** Compares the formats of the reports with the one that the stack's table reads. */
export function checkFormat({ location, formats }: KeptTree, { parameters }: DeployedStack): Finding {
  const check = 'format';
  const { OutputType: format = 'csv' } = parameters;
  const others = formats.filter((known) => known !== format);
  return others.length === 0
    ? pass(check, `every report at ${location} is ${format}, as the table reads it`)
    : fail(
        check,
        `reports at ${location} are ${others.join(' and ')}, and the table reads ${format}: Athena's answers are wrong, aqt query's are not`,
        `aqt deploy --format ${format} --rewrite writes them anew; so does aqt settle ${location} --format ${format} --no-scan`,
      );
}
