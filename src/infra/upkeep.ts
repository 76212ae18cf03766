import { CfnParameter, type Stack } from 'aws-cdk-lib';

/** How the stack catches up by itself. */
export interface UpkeepParameters {
  readonly firstDay: CfnParameter;
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
  return {
    firstDay: new CfnParameter(stack, 'FirstDay', {
      type: 'String',
      default: '',
      allowedPattern: '^$|^\\d{4}-\\d{2}-\\d{2}$',
      description: 'Day from which days are owed; empty: the one before the stack was made, or the oldest collected',
    }),
  };
}
