/** Runs a command's body and keeps its exit code. */
export type Run = (command: () => Promise<number>) => Promise<void>;
