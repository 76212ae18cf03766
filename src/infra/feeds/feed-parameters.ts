import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { type CareParameters, KEY_ARN } from '../care.js';

/** What the stack hands over after each close, to whom, and how. All optional. */
export interface FeedParameters {
  readonly feeds: CfnParameter;
  readonly feedLocation: CfnParameter;
  readonly feedBucketOwner: CfnParameter;
  readonly feedKeyArn: CfnParameter;
  readonly feedSql: CfnParameter;
  readonly conditions: FeedConditions;
}

export interface FeedConditions {
  readonly hasFeeds: CfnCondition;
  readonly hasFeedOwner: CfnCondition;
  /** The others hold only where there are feeds. */
  readonly feedsHere: CfnCondition;
  readonly feedsElsewhere: CfnCondition;
  readonly hasFeedKey: CfnCondition;
  readonly feedsInVpc: CfnCondition;
  readonly feedsTraced: CfnCondition;
}

const LINES = ['openlineage', 'openmetadata', 'datahub', 'ocsf', 'focus', 'ecs'];

/** Declares them. Security Lake takes Parquet, which not every variant writes. */
export function declareFeedParameters(
  stack: Stack,
  { formats, care }: { readonly formats: readonly string[]; readonly care: CareParameters },
): FeedParameters {
  const names = formats.includes('parquet') ? [...LINES, 'securitylake'] : LINES;
  const one = `(${names.join('|')})`;
  const text = (id: string, description: string, allowedPattern: string) =>
    new CfnParameter(stack, id, { type: 'String', default: '', description, allowedPattern });
  const parameters = {
    feeds: text('Feeds', `Fed after each close, commas between: ${names.join(', ')}`, `^$|^${one}(,${one})*$`),
    feedLocation: text(
      'FeedLocation',
      's3://bucket/prefix that feeds are written to; empty: feeds/ beside the reports',
      '^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$',
    ),
    feedBucketOwner: text('FeedBucketOwner', 'Account of the bucket of FeedLocation; empty: this one', '^$|^\\d{12}$'),
    feedKeyArn: text('FeedKeyArn', 'KMS key for what is written to FeedLocation', `^$|^${KEY_ARN}$`),
    feedSql: new CfnParameter(stack, 'FeedSql', {
      type: 'String',
      default: 'masked',
      allowedValues: ['masked', 'full', 'none'],
      description: 'How SQL leaves by the feeds: without its literals, as it is, or not at all',
    }),
  };
  const isEmpty = ({ valueAsString }: CfnParameter) => Fn.conditionEquals(valueAsString, '');
  const given = (id: string, parameter: CfnParameter) =>
    new CfnCondition(stack, id, { expression: Fn.conditionNot(isEmpty(parameter)) });
  const hasFeeds = given('HasFeeds', parameters.feeds);
  const fed = (id: string, and: Parameters<typeof Fn.conditionAnd>[number]) =>
    new CfnCondition(stack, id, { expression: Fn.conditionAnd(hasFeeds, and) });
  return {
    ...parameters,
    conditions: {
      hasFeeds,
      hasFeedOwner: given('HasFeedOwner', parameters.feedBucketOwner),
      feedsHere: fed('FeedsHere', isEmpty(parameters.feedLocation)),
      feedsElsewhere: fed('FeedsElsewhere', Fn.conditionNot(isEmpty(parameters.feedLocation))),
      hasFeedKey: fed('HasFeedKey', Fn.conditionNot(isEmpty(parameters.feedKeyArn))),
      feedsInVpc: fed('FeedsInVpc', care.conditions.hasVpc),
      feedsTraced: fed('FeedsTraced', care.conditions.isTraced),
    },
  };
}
