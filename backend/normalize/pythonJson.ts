const WORD = /-?\b(?:NaN|Infinity)\b/g;

/**
 * JSON as Python's `json.dumps` writes it: what is no number stands there as `NaN`, `Infinity` or `-Infinity`, which JSON
 * has no word for. They are read as null: nothing known.
 * @throws SyntaxError
 */
export function parsePython(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const known = withoutWords(text);
    if (known === text) {
      throw error;
    }
    return JSON.parse(known) as unknown;
  }
}

/** The text with null for those words, but in its strings. */
function withoutWords(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const opens = text.indexOf('"', at);
    const end = opens < 0 ? text.length : opens;
    parts.push(text.slice(at, end).replace(WORD, 'null'));
    at = opens < 0 ? end : endOfString(text, opens);
    parts.push(text.slice(end, at));
  }
  return parts.join('');
}

/** Where a string ends that opens at `start`: behind its quote, or with the text. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) {
      i++;
    } else if (char === QUOTE) {
      return i + 1;
    }
  }
  return text.length;
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
