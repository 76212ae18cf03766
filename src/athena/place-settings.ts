/** A workgroup as it was when a day was closed. */
export interface WorkGroupSettings {
  readonly workGroup: string;
  /** `ENABLED`, `DISABLED`; null where it could not be asked, as is all the rest. */
  readonly state: string | null;
  /** Effective engine version. */
  readonly engine: string | null;
  /** Whether its settings go before those of clients. */
  readonly isEnforced: boolean | null;
  /** Limit of a query's scan; null also where none is set. */
  readonly cutoffBytes: number | null;
  readonly publishesMetrics: boolean | null;
  readonly requesterPays: boolean | null;
  readonly hasManagedResults: boolean | null;
  /** Null where they could not be asked. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** What could not be asked, and why. */
  readonly failure: string | null;
}

/** A capacity reservation as it was when a day was closed. Times are ISO 8601 UTC. */
export interface ReservationSettings {
  readonly name: string;
  /** `PENDING`, `ACTIVE`, `CANCELLING`, `CANCELLED`, `FAILED`, `UPDATE_PENDING`. */
  readonly status: string;
  readonly targetDpus: number;
  readonly allocatedDpus: number;
  readonly createdAt: string;
  /** When DPUs were last allocated. */
  readonly allocatedAt: string | null;
  /** Workgroups whose queries run on it; null where that could not be asked. */
  readonly workGroups: readonly string[] | null;
  readonly failure: string | null;
}

/** A change of a reservation that CloudTrail shows. */
export interface ReservationChange {
  readonly eventId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** `CreateCapacityReservation`, `UpdateCapacityReservation`, … */
  readonly event: string;
  readonly name: string;
  /** Null for events that do not say. */
  readonly targetDpus: number | null;
  readonly workGroups: readonly string[] | null;
  /** Who changed it. */
  readonly principalArn: string | null;
}

/** How an account was set up in a Region when a day was closed. */
export interface PlaceSettings {
  readonly accountId: string;
  readonly region: string;
  readonly workGroups: readonly WorkGroupSettings[];
  readonly reservations: readonly ReservationSettings[];
  /** Those since the day began, until it was asked. */
  readonly reservationChanges: readonly ReservationChange[];
  /** What could not be asked at all. */
  readonly failures: readonly string[];
}
