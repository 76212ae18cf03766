/**
 * Refuses keys that could leave the root or mean different things on a disk and in S3.
 * @throws Error for an empty key, a leading or doubled `/`, `.` or `..` as a part, `\`, or a control character.
 */
export function checkKey(key: string): string {
  const fault = faultOf(key);
  if (fault !== null) throw new Error(`storage key ${JSON.stringify(key)} ${fault}`);
  return key;
}

/** Like `checkKey`, for the prefix of a listing: empty, or a folder path that ends in `/`. */
export function checkPrefix(prefix: string): string {
  if (prefix === '') return prefix;
  const fault = prefix.endsWith('/') ? faultOf(prefix.slice(0, -1)) : 'does not end in a slash';
  if (fault !== null) throw new Error(`storage prefix ${JSON.stringify(prefix)} ${fault}`);
  return prefix;
}

function faultOf(path: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'has a backslash or a control character';
  if (/\p{Surrogate}/u.test(path)) return 'is not valid Unicode';
  for (const part of path.split('/')) {
    if (part === '') return 'has an empty part';
    if (part === '.' || part === '..') return `has the part ${part}`;
  }
  return null;
}
