/** One object of the trail's bucket. */
export interface TrailObject {
  readonly key: string;
  readonly bytes: Buffer;
  /** Epoch milliseconds. */
  readonly deliveredAt: number;
  /** `x-amz-meta-…` headers; digests carry their signature there. */
  readonly metadata: Readonly<Record<string, string>>;
}
