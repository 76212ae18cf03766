/** What the scanner knows about one pair of parentheses, or about the statement around them. */
export interface Frame {
  select: boolean;
  fromSeen: boolean;
  inFrom: boolean;
  expectsRelation: boolean;
  lateralView: boolean;
  /** How many `[` are open: the commas of `ON ARRAY[a, b] = c` list no relations. */
  brackets: number;
  recursive: boolean;
  /** Name that becomes visible in the frame outside when this one closes. */
  cteName: string | null;
  /** Names to forget when this frame closes. */
  ctes: string[] | null;
}

export function newFrame(): Frame {
  return {
    select: false,
    fromSeen: false,
    inFrom: false,
    expectsRelation: false,
    lateralView: false,
    brackets: 0,
    recursive: false,
    cteName: null,
    ctes: null,
  };
}

/** Goes on with another query in the same frame. */
export function startQuery(frame: Frame): void {
  frame.select = false;
  frame.fromSeen = false;
  frame.brackets = 0;
  endFrom(frame);
}

export function endFrom(frame: Frame): void {
  frame.inFrom = false;
  frame.expectsRelation = false;
  frame.lateralView = false;
}
