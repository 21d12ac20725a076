import type { Normalized } from '../../normalize/candidate';
import { isStopIteration } from '../../normalize/liteLlm';
import { ItemError } from '../../normalize/values';
import { FormatError } from '../otlp/formatError';
import { isObject, type JsonObject } from '../otlp/jsonValue';
import { readPayload } from './payload';

/**
 * The body of LiteLLM's generic API callback in its three formats: an array (`json_array`, the default), one object
 * (`single`), or an object a line (`ndjson`, which LiteLLM sends as application/json too). One payload that is wrong is
 * refused by itself.
 * @param now µs since 1970, for the check of event times
 * @throws FormatError when the body is none of the three
 */
export function readLiteLlm(body: string, now: number = Date.now() * 1000): Normalized {
  const out: Normalized = { candidates: [], links: [], rejected: [] };
  payloads(body).forEach((payload, index) => {
    try {
      if (!isEndOfStream(payload)) {
        out.candidates.push(readPayload(payload, now));
      }
    } catch (error) {
      if (!(error instanceof ItemError)) {
        throw error;
      }
      out.rejected.push({ item: `payload ${index}`, reason: error.message });
    }
  });
  return out;
}

/** Some releases write a second report of a stream when its iterator ends as iterators do, and call that a failure. */
const isEndOfStream = ({ status, error_information: error }: JsonObject): boolean =>
  status === 'failure' && isObject(error) && isStopIteration(error.error_class);

function payloads(body: string): JsonObject[] {
  let whole: unknown;
  try {
    whole = JSON.parse(body);
  } catch (error) {
    return lines(body, error);
  }
  return Array.isArray(whole)
    ? whole.map((item: unknown, i) => payload(item, `payload ${i}`))
    : [payload(whole, 'body')];
}

function lines(body: string, error: unknown): JsonObject[] {
  const filled = body.split('\n').filter((line) => line.trim() !== '');
  if (filled.length < 2) {
    throw new FormatError(`LiteLLM callback: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return filled.map((line, i) => {
    try {
      return payload(JSON.parse(line), `line ${i + 1}`);
    } catch (lineError) {
      throw new FormatError(`LiteLLM callback: line ${i + 1}: ${(lineError as Error).message}`);
    }
  });
}

function payload(value: unknown, where: string): JsonObject {
  if (!isObject(value)) {
    throw new FormatError(`LiteLLM callback: ${where} must be a StandardLoggingPayload object`);
  }
  return value;
}
