/** Who reads a task that was given to a thread is settled in memory that both threads see: whoever comes first. */
const FREE = 0;
const BEGUN = 1;
const TAKEN_BACK = 2;

/** A task as a thread is given it; `place` is where its claim stands. */
export interface GivenFile<Task> {
  readonly task: Task;
  readonly place: number;
}

/** Claims of so many tasks that are given at once; the place of one is used again when it was answered. */
export function createClaims(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

/** A place for a task that is about to be given. */
export function free(claims: Int32Array, place: number): void {
  Atomics.store(claims, place, FREE);
}

/** False when it was taken back: then the thread does not read it. */
export function begin(claims: Int32Array, place: number): boolean {
  return Atomics.compareExchange(claims, place, FREE, BEGUN) === FREE;
}

/** False when the thread has begun it, or it was taken back before. */
export function takeBack(claims: Int32Array, place: number): boolean {
  return Atomics.compareExchange(claims, place, FREE, TAKEN_BACK) === FREE;
}
