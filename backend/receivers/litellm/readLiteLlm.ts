import type { Normalized } from '../../normalize/candidate';
import { isStopIteration } from '../../normalize/liteLlm';
import { parsePython } from '../../normalize/pythonJson';
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
  payloads(body).forEach((read, index) => {
    try {
      const payload = read();
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

/** Reads one payload when its turn comes. @throws ItemError when it is none */
type Payload = () => JsonObject;

function payloads(body: string): Payload[] {
  let whole: unknown;
  try {
    whole = parsePython(body);
  } catch (error) {
    return lines(body, error);
  }
  if (!Array.isArray(whole)) {
    if (!isObject(whole)) {
      throw new FormatError('LiteLLM callback: the body must be a StandardLoggingPayload object, or a list of them');
    }
    return [() => payload(whole)];
  }
  return whole.map((item: unknown) => () => payload(item));
}

function lines(body: string, error: unknown): Payload[] {
  const filled = body.split('\n').filter((line) => line.trim() !== '');
  if (filled.length < 2) {
    throw new FormatError(`LiteLLM callback: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return filled.map((line) => () => payload(parseLine(line)));
}

function parseLine(line: string): unknown {
  try {
    return parsePython(line);
  } catch (error) {
    throw new ItemError(`the line is not JSON: ${(error as Error).message}`);
  }
}

function payload(value: unknown): JsonObject {
  if (!isObject(value)) {
    throw new ItemError('must be a StandardLoggingPayload object');
  }
  return value;
}
