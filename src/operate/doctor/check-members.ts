import { reportDateAt } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readManifests } from '../../tree/read-manifests.js';
import { type Finding, fail, pass, warn } from './finding.js';

const DAY_MS = 86_400_000;
/** Days of reports that tell how the functions got on with an account. */
const DAYS = 3;

/** A role of another account that the stack assumes. */
export interface MemberRole {
  readonly roleArn: string;
  readonly accountId: string;
}

/** What the caller found who took the role for a moment; null where the role does not let the caller in, which proves nothing of the functions. */
export type Tried = { readonly failure: string | null } | null;

/** What the reports say of an account and Region: the newest hour that has it, or lacks it. */
interface Seen {
  readonly label: string;
  readonly failure: string | null;
}

/**
 * Checks each member account in each Region, by two witnesses: the newest hour that the functions wrote, which tells how they, whom the role
 * trusts, got on; and, where the role lets the caller in, a look with its permissions.
 */
export async function* checkMembers(request: {
  readonly roles: readonly MemberRole[];
  readonly regions: readonly string[];
  /** Null where the reports cannot be read. */
  readonly store: ReportStore | null;
  readonly tryRole: (role: MemberRole, region: string) => Promise<Tried>;
  readonly clock: Clock;
}): AsyncGenerator<Finding> {
  const { roles, regions, store, tryRole, clock } = request;
  if (roles.length === 0) return;
  const seen = store ? await placesSeen(store, clock.now()) : new Map<string, Seen>();
  for (const role of roles) {
    for (const region of regions) {
      const place = `${role.accountId} ${region}`;
      yield judge(place, role, { seen: seen.get(place) ?? null, tried: await tryRole(role, region) });
    }
  }
}

function judge(
  place: string,
  { roleArn, accountId }: MemberRole,
  { seen, tried }: { readonly seen: Seen | null; readonly tried: Tried },
): Finding {
  const check = 'member';
  const template = `look at the role ${roleArn}: the trust of the three functions, the external id, the permissions of member-role.json (docs/accounts.md)`;
  if (tried?.failure) return fail(check, `${place}: the role may be taken, but ${tried.failure}`, template);
  if (seen?.failure) {
    const collected = `${template}; then aqt settle reads what is missing`;
    // The role may have been mended since: who looked just now was let in.
    return tried
      ? warn(check, `${place}: can be read now; the functions could not at ${seen.label}: ${seen.failure}`, collected)
      : fail(check, `${place}: the functions could not read it at ${seen.label}: ${seen.failure}`, collected);
  }
  if (seen) return pass(check, `${place}: the functions read it, the last time for ${seen.label}`);
  if (tried)
    return pass(check, `${place}: the role can be taken and reads; no report of the last days has the account yet`);
  return warn(
    check,
    `${place}: no report of the last ${DAYS} days has it, and the role does not let you in: whether the functions may read it is unknown`,
    `wait for the next run, or deploy member-role.json in ${accountId}; ${template}`,
  );
}

/** By account and Region, the newest hour of the last days that says anything of it. */
async function placesSeen(store: ReportStore, now: number): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const from = reportDateAt(now - DAYS * DAY_MS, 'UTC');
  for await (const { label, manifest } of readManifests(store, { from, now })) {
    if (typeof manifest === 'string') continue;
    const name = `${label.reportDate} hour ${label.hour}`;
    const here = new Map<string, string | null>();
    for (const { accountId, region, failure = null } of manifest.sources) {
      if (accountId === null || region === null) continue;
      const place = `${accountId} ${region}`;
      here.set(place, failure ?? here.get(place) ?? null);
    }
    // Hours come in order: the later one is the newer word.
    for (const [place, failure] of here) seen.set(place, { label: name, failure });
  }
  return seen;
}
