import { askedPause, NotNow, retrying } from './retrying';

const patience = { patienceMs: 60_000, firstPauseMs: 1, longestPauseMs: 4 };

/** An attempt that fails with these before it succeeds, and how often it was made. */
function failing(...errors: Error[]) {
  const made = { times: 0 };
  const attempt = () => {
    made.times++;
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve('done');
  };
  return { made, attempt };
}

it('comes again until it succeeds', async () => {
  const { made, attempt } = failing(new NotNow('a'), new NotNow('b', 0), new NotNow('c'));
  expect(await retrying(attempt, patience)).toBe('done');
  expect(made.times).toBe(4);
});

it('ends at once with what is no "not now"', async () => {
  const { made, attempt } = failing(new NotNow('a'), new Error('refused'));
  await expect(retrying(attempt, patience)).rejects.toThrow('refused');
  expect(made.times).toBe(2);
});

it('ends with the last one when a pause would outlast the patience, and waits no longer than the longest pause', async () => {
  const asking = failing(new NotNow('later', 10_000));
  await expect(retrying(asking.attempt, { ...patience, patienceMs: 3 })).rejects.toThrow('later');
  expect(asking.made.times).toBe(1);
  const bounded = failing(new NotNow('later', 1e9));
  expect(await retrying(bounded.attempt, patience)).toBe('done');
});

it('stops waiting when it is told to', async () => {
  const { attempt } = failing(new NotNow('later', 1e9));
  const stop = new AbortController();
  const waiting = retrying(attempt, {
    patienceMs: Infinity,
    firstPauseMs: 1,
    longestPauseMs: 60_000,
    signal: stop.signal,
  });
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
});

it.each([
  ['3', 3_000],
  ['0', null],
  ['Wed, 21 Oct 2026 07:28:00 GMT', null],
])('Retry-After: %s', (value, expected) => {
  expect(askedPause(new Response(null, { headers: { 'retry-after': value } }))).toBe(expected);
});

it('a reply without Retry-After asks for nothing', () => {
  expect(askedPause(new Response(null))).toBeNull();
});
