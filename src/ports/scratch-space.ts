/** Room outside the tree for what memory need not hold; gone when the command ends. */
export interface ScratchSpace {
  /** Adds bytes to the end of a file, and makes it when there is none. */
  append(name: string, bytes: Uint8Array): void;
  /** Everything that was added; empty for a file that there is not. */
  read(name: string): Uint8Array;
}
