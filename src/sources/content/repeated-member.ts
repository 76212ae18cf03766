/** Tells whether the text of an object has a member of this name more than once at its own level. */
export function repeatsMember(text: string, name: string): boolean {
  const key = `"${name}"`;
  let depth = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    else if (sign === '"') {
      const end = endOfString(text, at + 1);
      if (depth === 1 && text.startsWith(key, at) && /^\s*:/.test(text.slice(end + 1, end + 100))) count++;
      at = end;
    }
  }
  return count > 1;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
