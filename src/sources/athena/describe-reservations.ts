import type { ReservationSettings } from '../../athena/place-settings.js';
import { describe } from '../aws/aws-failure.js';
import { allPages, type SettingsQuestion } from './settings-question.js';

/** The reservations of a place by name, with the workgroups each is assigned to; what may not be asked of one is its `failure`. */
export async function describeReservations({ calls, ask, signal }: SettingsQuestion): Promise<ReservationSettings[]> {
  const all = await allPages((token) =>
    ask('athena:ListCapacityReservations', () => calls.reservations(token, signal)),
  );
  const reservations: ReservationSettings[] = [];
  for (const one of all) {
    if (one.Name === undefined) continue;
    const name = one.Name;
    const settings = {
      name,
      status: one.Status ?? 'UNKNOWN',
      targetDpus: one.TargetDpus ?? 0,
      allocatedDpus: one.AllocatedDpus ?? 0,
      createdAt: (one.CreationTime ?? new Date(0)).toISOString(),
      allocatedAt: one.LastSuccessfulAllocationTime?.toISOString() ?? null,
    };
    try {
      const assign = () => calls.assigned(name, signal);
      const workGroups = await ask('athena:GetCapacityAssignmentConfiguration', assign);
      reservations.push({ ...settings, workGroups, failure: null });
    } catch (error) {
      signal?.throwIfAborted();
      reservations.push({ ...settings, workGroups: null, failure: describe(error) });
    }
  }
  return reservations.sort((a, b) => (a.name < b.name ? -1 : 1));
}
