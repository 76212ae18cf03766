import { reportDay } from '../../calendar/report-day.js';
import { openEnrichment } from '../../collect/hour/open-enrichment.js';
import { openInputs } from '../../compose/open-inputs.js';
import { UsageError } from '../../compose/usage-error.js';
import { asStarted } from '../../findings/as-started.js';
import { suggestDirectoryLine } from '../../identity/directory/directory-suggestion.js';
import { explain } from '../../inspect/explain.js';
import { placeIn } from '../../inspect/find-row.js';
import { type PeopleAccount, sumPeople, type UnresolvedIdentity } from '../../inspect/people.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Enrichment } from '../../record/enrichment.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { readRows } from '../../tree/read-rows.js';
import { treeView } from '../../tree/tree-view.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { addPeople } from './commands-explore.js';
import { noReports, openTree } from './open-tree.js';
import { isAwsId, peopleText, type Unresolved } from './people-text.js';

export type PeopleArguments = OptionsOf<typeof addPeople> & TreeArgument;

/** Identities whose reason is looked up, the most frequent first: each reads the evidence of an hour. */
const MAX_REASONS = 100;

/** `aqt people`: who the rows speak of, and whom nobody could be found for. */
export async function runPeople(options: PeopleArguments, io: Io): Promise<number> {
  const { output, from, to } = options;
  // Throws when there is no such day.
  for (const date of [from, to]) if (date !== undefined) reportDay(date, 'UTC');
  const store = await openTree(options, io);
  const account = await sumPeople(
    readRows({ store, from: from ?? null, to: to ?? null, codec: REPORT_CODEC, signal: io.signal }),
  );
  const unresolved = await withReasons({ store, account, directory: options.directory, profile: options.profile }, io);
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(account, unresolved), null, 2)}\n`);
  else if (account.people.length + unresolved.length + account.unattributed === 0) {
    throw new UsageError(noReports(output));
  } else io.stdout(asStarted(peopleText({ ...account, unresolved, output }, io), io.program));
  return EXIT.done;
}

/** Resolves one row of each identity again: the reason is not in the report. */
async function withReasons(
  request: {
    readonly store: ReportStore;
    readonly account: PeopleAccount;
    readonly directory: string | undefined;
    readonly profile: string | undefined;
  },
  io: Io,
): Promise<Unresolved[]> {
  const { store, account } = request;
  const asked = account.unresolved.slice(0, MAX_REASONS);
  const reasons = new Map<UnresolvedIdentity, string>();
  const day = ({ sample }: UnresolvedIdentity) => `${sample.tree} ${sample.label.reportDate}`;
  let opened: { readonly day: string; readonly enrichment: Enrichment } | null = null;
  for (const identity of [...asked].sort((a, b) => (day(a) < day(b) ? -1 : 1))) {
    io.signal.throwIfAborted();
    const { tree, label, id } = identity.sample;
    const view = treeView(store, tree);
    if (opened?.day !== day(identity)) {
      const inputs = await openInputs({ directory: request.directory }, view, { ...io, profile: request.profile });
      const enrichment = await openEnrichment({ store: view, ...inputs }, label.reportDate, {
        hours: asked.filter((one) => day(one) === day(identity)).map(({ sample }) => sample.label.hour),
      });
      opened = { day: day(identity), enrichment };
    }
    const place = await placeIn({ tree, store: view }, label, id);
    const explained =
      place && (await explain({ place, enrichment: opened.enrichment, codec: REPORT_CODEC, now: io.clock.now() }));
    if (explained) {
      const { person, unresolvedReason } = explained.resolution;
      reasons.set(
        identity,
        person === null
          ? (unresolvedReason ?? 'nothing names anybody')
          : `${person} by what is known now: aqt settle ${request.store.location}`,
      );
    }
  }
  return account.unresolved.map((identity) => ({
    ...identity,
    reason: reasons.get(identity) ?? 'see aqt explain',
    suggestion: suggestDirectoryLine(identity),
  }));
}

function jsonOf({ people, brokers, unattributed }: PeopleAccount, unresolved: readonly Unresolved[]) {
  return {
    schema_version: 1,
    people: people.map((each) => ({
      person: each.person,
      is_aws_id: isAwsId(each.person),
      kinds: each.kinds,
      teams: each.teams,
      queries: each.queries,
      refused: each.refused,
      first_seen: new Date(each.firstSeen).toISOString(),
      last_seen: new Date(each.lastSeen).toISOString(),
      methods: each.methods,
      usernames: each.usernames,
      arns: each.arns,
      session_names: each.sessionNames,
      identity_center_ids: each.identityCenterIds,
      tool_users: each.toolUsers,
      names_left_out: each.namesLeftOut,
    })),
    unresolved: unresolved.map((each) => ({
      principal_arn: each.principalArn,
      role_arn: each.roleArn,
      session_name: each.sessionName,
      on_behalf_of: each.onBehalfOf,
      app: each.app,
      app_user: each.appUser,
      rows: each.rows,
      first_seen: new Date(each.firstSeen).toISOString(),
      last_seen: new Date(each.lastSeen).toISOString(),
      reason: each.reason,
      directory_section: each.suggestion?.section ?? null,
      directory_line: each.suggestion?.line ?? null,
      sample: each.sample.id,
    })),
    brokers: brokers.map(({ workload, roleArn, names, rows }) => ({
      workload,
      role_arn: roleArn,
      names,
      rows,
      directory_line: `- { arn: ${JSON.stringify(roleArn)}, kind: broker, owner: ${JSON.stringify(workload)} }`,
    })),
    unattributed,
  };
}
