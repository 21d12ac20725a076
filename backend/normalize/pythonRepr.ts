import type { AttributeValue } from '../receivers/otlp/attributes';
import { isJson, jsonOf, type Json } from './values';

/**
 * Python's `repr` of a dict of plain values (`{'a': 1, 'b': None, 'c': {'d': True}}`), as LiteLLM's OpenTelemetry
 * callback writes it into attributes. Anything else, e.g. an object's repr, gives undefined.
 */
export function parsePythonRepr(text: string): unknown {
  const parser = new ReprParser(text);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof NotRepr) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The value that begins at a place of a longer text. Here an object's repr counts as a dict of its fields:
 * `Usage(prompt_tokens=5)`, as Pydantic and dataclasses write it.
 */
export function parseReprAt(text: string, at: number): unknown {
  try {
    return new ReprParser(text, at, true).first();
  } catch (error) {
    if (error instanceof NotRepr) {
      return undefined;
    }
    throw error;
  }
}

class NotRepr extends Error {}

const MAX_DEPTH = 32;
const NUMBER = /-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)/iy;
const WORD = /None|True|False/y;
const WORDS: Readonly<Record<string, unknown>> = { None: null, True: true, False: false };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

const OBJECT = /[A-Za-z_][\w.]*\(/y;
const FIELD = /([A-Za-z_]\w*)=/y;

/** A key such as __proto__ must become a plain property. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

class ReprParser {
  constructor(
    private readonly text: string,
    private at = 0,
    private readonly withObjects = false
  ) {}

  first(): unknown {
    return this.value(0);
  }

  whole(): unknown {
    const value = this.value(0);
    this.blanks();
    if (this.at !== this.text.length) {
      throw new NotRepr();
    }
    return value;
  }

  private blanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\n') {
      this.at++;
    }
  }

  private take(expected: string): boolean {
    this.blanks();
    if (this.text[this.at] !== expected) {
      return false;
    }
    this.at++;
    return true;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) {
      throw new NotRepr();
    }
    this.blanks();
    const first = this.text[this.at];
    if (first === '{') {
      return this.dict(depth);
    }
    if (first === '[' || first === '(') {
      return this.list(first === '[' ? ']' : ')', depth);
    }
    if (first === "'" || first === '"') {
      return this.string(first);
    }
    return this.object(depth) ?? this.atom();
  }

  /** `Name(field=value, …)` */
  private object(depth: number): Record<string, unknown> | undefined {
    OBJECT.lastIndex = this.at;
    const name = this.withObjects ? OBJECT.exec(this.text)?.[0] : undefined;
    if (name === undefined) {
      return undefined;
    }
    const result: Record<string, unknown> = {};
    this.at += name.length;
    while (!this.take(')')) {
      this.blanks();
      FIELD.lastIndex = this.at;
      const [whole, field] = FIELD.exec(this.text) ?? [];
      if (whole === undefined || field === undefined) {
        throw new NotRepr();
      }
      this.at += whole.length;
      define(result, field, this.value(depth + 1));
      if (!this.take(',') && this.peek() !== ')') {
        throw new NotRepr();
      }
    }
    return result;
  }

  private dict(depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    this.at++;
    while (!this.take('}')) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || !this.take(':')) {
        throw new NotRepr();
      }
      define(result, key, this.value(depth + 1));
      if (!this.take(',') && this.peek() !== '}') {
        throw new NotRepr();
      }
    }
    return result;
  }

  private list(close: string, depth: number): unknown[] {
    const result: unknown[] = [];
    this.at++;
    while (!this.take(close)) {
      result.push(this.value(depth + 1));
      if (!this.take(',') && this.peek() !== close) {
        throw new NotRepr();
      }
    }
    return result;
  }

  private peek(): string | undefined {
    this.blanks();
    return this.text[this.at];
  }

  private string(quote: string): string {
    let result = '';
    for (this.at++; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] ?? '';
      if (character === quote) {
        this.at++;
        return result;
      }
      if (character === '\\') {
        this.at++;
        const escaped = this.text[this.at] ?? '';
        result += ESCAPES[escaped] ?? `\\${escaped}`;
      } else {
        result += character;
      }
    }
    throw new NotRepr();
  }

  private atom(): unknown {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word !== undefined) {
      this.at += word.length;
      return WORDS[word];
    }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) {
      throw new NotRepr();
    }
    this.at += number.length;
    return Number(number);
  }
}

/** An object in a text that is a Python repr, or JSON. */
export function reprOf(value: AttributeValue | undefined): Json | undefined {
  const parsed = typeof value === 'string' && value.startsWith('{') ? parsePythonRepr(value) : undefined;
  return isJson(parsed) ? parsed : jsonOf(value);
}
