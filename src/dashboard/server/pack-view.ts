/** What a pack is made of: the report days that a view touches, and its filters. */
export interface PackView {
  readonly from: string;
  readonly to: string;
  /** As in the page's URL. */
  readonly filters: readonly (readonly [string, string])[];
  readonly isMasked: boolean;
}

/** A pack in a file of its own. */
export interface MadePack {
  readonly file: string;
  remove(): Promise<void>;
}
