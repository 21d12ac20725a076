import { statusOf, type Outcome } from './outcome';

const outcome = (known: Partial<Outcome>): Outcome => ({
  failed: false,
  errorType: undefined,
  message: undefined,
  httpStatus: undefined,
  ...known,
});

describe('how a call ended', () => {
  it.each<[string, Partial<Outcome>, object]>([
    ['well', {}, { status: 'ok', error_type: null }],
    ['well, with its HTTP status', { httpStatus: 200 }, { status: 'ok', error_type: null }],
    ['badly', { failed: true, errorType: 'BadRequestError' }, { status: 'error', error_type: 'BadRequestError' }],
    ['badly, and nobody says why', { failed: true }, { status: 'error', error_type: null }],
    ['rate limited by name', { failed: true, errorType: 'RateLimitError' }, { status: 'rate_limited' }],
    ['rate limited by status', { httpStatus: 429, errorType: 'x' }, { status: 'rate_limited', error_type: 'x' }],
    ['rate limited by a code as type', { failed: true, errorType: '429' }, { status: 'rate_limited' }],
    ['rate limited by its message', { failed: true, message: '429 Rate limit reached' }, { status: 'rate_limited' }],
    ['out of quota', { failed: true, errorType: 'RESOURCE_EXHAUSTED' }, { status: 'rate_limited' }],
    ['too late by name', { failed: true, errorType: 'APITimeoutError' }, { status: 'timeout' }],
    ['too late by status', { httpStatus: 504 }, { status: 'timeout', error_type: '504' }],
    ['too late by its message', { failed: true, message: 'Request timed out.' }, { status: 'timeout' }],
    ['cancelled', { failed: true, errorType: 'asyncio.CancelledError' }, { status: 'cancelled' }],
    ['aborted', { failed: true, errorType: 'AbortError' }, { status: 'cancelled' }],
    ['on the server', { httpStatus: 500 }, { status: 'error', error_type: '500' }],
    ['with an error type but no failed span', { errorType: 'Overloaded' }, { status: 'error' }],
  ])('%s', (_how, known, expected) => {
    expect(statusOf(outcome(known))).toMatchObject(expected);
  });

  it('is not guessed from a quoted request body', () => {
    const message = `Error code: 400 - ${'x'.repeat(300)} rate limit`;
    expect(statusOf(outcome({ failed: true, message })).status).toBe('error');
  });
});
