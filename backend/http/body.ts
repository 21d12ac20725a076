import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { BODIES } from './bytesInFlight';
import { badRequest, comeAgain, HttpProblem } from './problem';

/** Most bytes of one body, decompressed. A larger one is refused while it is read, so that a gzip bomb costs no memory. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

export const TOO_MANY = 'too many requests are being read';

/**
 * Reads a body as bytes, decompressed, and bounds what all requests together hold: beyond it a request is told to come
 * again, which exporters do.
 */
export function rawBody(): RequestHandler {
  const read = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: true });
  return (request, response, next) => {
    // Bodies that hide their size (chunked, compressed) are counted at a fourth of the limit.
    const declared = Number(request.headers['content-length'] ?? 0);
    const hidden = request.headers['content-encoding'] !== undefined || request.headers['content-length'] === undefined;
    const size = Math.min(Math.max(declared, hidden ? MAX_BODY_BYTES / 4 : 0), MAX_BODY_BYTES);
    const release = BODIES.take(size);
    if (!release) {
      next(comeAgain(TOO_MANY, 1));
      return;
    }
    response.once('close', release);
    read(request, response, next);
  };
}

/** The body's bytes; empty when there was none. */
export const bytes = (request: Request): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

/** The media type without its parameters, lower case. */
export const mediaType = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
  (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** @throws HttpProblem 415 unless the media type is one of those. */
export function requireMediaType(request: Pick<IncomingMessage, 'headers'>, allowed: readonly string[]): string {
  const type = mediaType(request);
  if (!allowed.includes(type)) {
    const got = type ? `not ${type}` : 'and none was given';
    throw new HttpProblem(415, 'Unsupported media type', `content-type must be ${allowed.join(' or ')}, ${got}`);
  }
  return type;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws HttpProblem 400 when the bytes are not UTF-8. */
export function utf8(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw badRequest('the body is not valid UTF-8');
  }
}

const lenient = new TextDecoder('utf-8');

/**
 * Text of a sender that nobody can correct, such as an exporter: bytes that are no UTF-8 (a text that was cut within a
 * character) become U+FFFD, and cost nothing of what stands beside them.
 */
export const utf8Leniently = (body: Uint8Array): string => lenient.decode(body);

/** @throws HttpProblem 400 with the place of the fault when the text is not JSON. */
export function parseJson(text: string, where = 'the body'): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`${where} is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** A JSON body. @throws HttpProblem 400 or 415 */
export function jsonOf(request: Pick<IncomingMessage, 'headers'>, body: Uint8Array): unknown {
  requireMediaType(request, ['application/json']);
  return parseJson(utf8(body));
}

/** The JSON body of a request that rawBody read. @throws HttpProblem 400 or 415 */
export const jsonBody = (request: Request): unknown => jsonOf(request, bytes(request));
