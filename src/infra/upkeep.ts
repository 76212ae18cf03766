import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

/** How the stack catches up by itself, and what it hears beside CloudTrail. */
export interface UpkeepParameters {
  readonly firstDay: CfnParameter;
  readonly stateChangeEvents: CfnParameter;
  readonly hearsEvents: CfnCondition;
  readonly systemTableWorkgroup: CfnParameter;
  readonly systemTableResults: CfnParameter;
  readonly hasResults: CfnCondition;
  readonly asksSystemTable: CfnCondition;
}

/** Declares them. */
export function declareUpkeep(stack: Stack): UpkeepParameters {
  new CfnParameter(stack, 'OwedDays', {
    type: 'Number',
    default: 45,
    minValue: 0,
    maxValue: 90,
    description: 'So many days back each day must be closed, or is started again; 0: none',
  });
  const stateChangeEvents = new CfnParameter(stack, 'StateChangeEvents', {
    type: 'String',
    default: 'on',
    allowedValues: ['on', 'off'],
    description: 'on: Athena tells of each query that ends, and its text is kept within minutes',
  });
  const text = (id: string, description: string, allowedPattern: string) =>
    new CfnParameter(stack, id, { type: 'String', default: '', description, allowedPattern });
  const systemTableWorkgroup = text(
    'SystemTableWorkgroup',
    'Workgroup whose queries ask the system table of Athena when a day is closed; empty: it is not asked',
    '^$|^[a-zA-Z0-9._-]{1,128}$',
  );
  const systemTableResults = text(
    'SystemTableResults',
    'Bucket in which that workgroup keeps its results; empty: Athena manages them',
    '^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  );
  return {
    firstDay: text(
      'FirstDay',
      'Day from which days are owed; empty: the one before the stack was made, or the oldest collected',
      '^$|^\\d{4}-\\d{2}-\\d{2}$',
    ),
    stateChangeEvents,
    hearsEvents: new CfnCondition(stack, 'HearsEvents', {
      expression: Fn.conditionEquals(stateChangeEvents.valueAsString, 'on'),
    }),
    systemTableWorkgroup,
    systemTableResults,
    hasResults: new CfnCondition(stack, 'HasSystemTableResults', {
      expression: Fn.conditionAnd(
        Fn.conditionNot(Fn.conditionEquals(systemTableWorkgroup.valueAsString, '')),
        Fn.conditionNot(Fn.conditionEquals(systemTableResults.valueAsString, '')),
      ),
    }),
    asksSystemTable: new CfnCondition(stack, 'AsksSystemTable', {
      expression: Fn.conditionNot(Fn.conditionEquals(systemTableWorkgroup.valueAsString, '')),
    }),
  };
}
