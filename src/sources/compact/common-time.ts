/** `2026-11-01T05:00:00Z`, as nearly every record has it; days up to 28, which each month has, and years of four digits. */
const COMMON = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

export function isCommonTime(text: string): boolean {
  return COMMON.test(text);
}

/** Epoch milliseconds of such a time in the twenty bytes from an offset on; null where they are none. */
export function commonTimeAt(bytes: Buffer, at: number): number | null {
  const isCut = bytes[at + 4] === 45 && bytes[at + 7] === 45 && bytes[at + 10] === 84;
  const isTimeCut = bytes[at + 13] === 58 && bytes[at + 16] === 58 && bytes[at + 19] === 90;
  if (!isCut || !isTimeCut) return null;
  const [century, years] = [twoDigits(bytes, at), twoDigits(bytes, at + 2)];
  const [month, day] = [twoDigits(bytes, at + 5), twoDigits(bytes, at + 8)];
  const [hour, minute, second] = [twoDigits(bytes, at + 11), twoDigits(bytes, at + 14), twoDigits(bytes, at + 17)];
  const isDate = century >= 10 && years >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
  const isTime = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
  return isDate && isTime ? Date.UTC(century * 100 + years, month - 1, day, hour, minute, second) : null;
}

/** Negative where one of the two bytes is no digit. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [(bytes[at] ?? 0) - 48, (bytes[at + 1] ?? 0) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
