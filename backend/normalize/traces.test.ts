import { DEFAULT_MAPPING, dimensionMapping } from './mapping';
import { bindTenant } from './bindTenant';
import { at, candidateOf, decodedSpan, origin, received, semconv, type Entries } from './testing/spans';
import { normalizeTraces } from './traces';

const NOW = at(3600);

describe('where dimensions come from', () => {
  const event = (attributes: Entries, resource: Entries = {}) =>
    candidateOf({ attributes: { ...semconv(1, 1), ...attributes }, resource }).event;

  it('the span, then the resource, then nothing', () => {
    expect(event({ 'tenant.id': 'acme' }, { 'tenant.id': 'other', 'service.name': 'shop' })).toMatchObject({
      tenant: 'acme',
      project: 'unknown',
      service: 'shop',
      team: null,
    });
  });

  it('llmcost.<dimension> wins over all', () => {
    const resource = { 'llmcost.tenant': 'by-resource', 'service.name': 'shop' };
    expect(event({ 'llmcost.agent': 'planner', 'gen_ai.agent.name': 'x' }, resource)).toMatchObject({
      agent: 'planner',
      tenant: 'by-resource',
    });
  });

  it.each<[string, Entries, object]>([
    ['project from the namespace', { 'service.namespace': 'web' }, { project: 'web' }],
    ['environment, new name', { 'deployment.environment.name': 'prod' }, { environment: 'prod' }],
    ['environment, old name', { 'deployment.environment': 'prod' }, { environment: 'prod' }],
    [
      'endpoint from the path, before the server',
      { 'server.address': 'h', 'url.path': '/v1/x' },
      { endpoint: '/v1/x' },
    ],
    ['endpoint from the server', { 'server.address': 'api.openai.com' }, { endpoint: 'api.openai.com' }],
    ['deployment, else the requested model', {}, { deployment: 'gpt-4o-mini' }],
    ['deployment as said', { 'azure.deployment': 'my-gpt' }, { deployment: 'my-gpt' }],
    ['session from the conversation', { 'gen_ai.conversation.id': 'c-1' }, { session_id: 'c-1' }],
    [
      'session as said, before the conversation',
      { 'gen_ai.conversation.id': 'c', 'session.id': 's' },
      { session_id: 's' },
    ],
    ['pipeline', { 'gen_ai.workflow.name': 'nightly' }, { pipeline: 'nightly' }],
    ['numbers as texts', { 'user.id': 42 }, { user_id: '42' }],
    [
      'the served tier in the words of the domain',
      { 'openai.response.service_tier': 'default' },
      { service_tier: 'standard' },
    ],
    ['not the requested tier', { 'openai.request.service_tier': 'flex' }, { service_tier: null }],
    ['the attempt', { 'http.request.resend_count': 2 }, { attempt: 3 }],
  ])('%s', (_what, attributes, expected) => {
    expect(event(attributes)).toMatchObject(expected);
  });

  it('the trace is the run when nobody names one', () => {
    const found = event({});
    expect(found.run_id).toBe(found.trace_id);
    expect(event({ run_id: 'r-1' }).run_id).toBe('r-1');
  });

  it('names that the configuration adds come first', () => {
    const mapping = dimensionMapping({ tenant: ['x.org'], team: ['x.team'] });
    const attributes = semconv(1, 1, { 'x.org': 'mine', 'tenant.id': 'default', team: 'kept' });
    const [candidate] = received([{ attributes }], mapping).candidates;
    expect(candidate?.event).toMatchObject({ tenant: 'mine', team: 'kept' });
  });

  it('tags by prefix, few and short', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`llmcost.tag.t${i}`, 'x'.repeat(2000)]));
    const { tags } = event({ ...many, 'tags.color': 'red' }, { 'tags.region': 'eu' });
    expect(Object.keys(tags ?? {})).toHaveLength(32);
    expect(tags?.t0).toHaveLength(512);
    expect(event({ 'tags.color': 'red' }, { 'tags.region': 'eu' }).tags).toEqual({ color: 'red', region: 'eu' });
  });

  it('nothing that PostgreSQL cannot store', () => {
    expect(event({ 'user.id': 'a\0b' }).user_id).toBe('ab');
  });
});

describe('what is wrong with one span refuses that span only', () => {
  const spans = (...list: Array<ReturnType<typeof decodedSpan>>) =>
    normalizeTraces([{ ...origin('x'), spans: list }], DEFAULT_MAPPING, NOW);
  const good = decodedSpan({ id: 'good', attributes: semconv(1, 1) });

  it.each([
    ['no trace id', { ...good, traceId: '' }, /trace id must be 16 bytes/],
    ['a zero trace id', { ...good, traceId: '0'.repeat(32) }, /not all zero/],
    ['a short span id', { ...good, spanId: 'abcd' }, /span id must be 8 bytes/],
    ['a time in 1970', { ...good, end: 5 }, /1970-01-01T00:00:00.000Z is not between 2015 and tomorrow/],
    ['a time in 2200', { ...good, end: Date.UTC(2200, 0) * 1000 }, /2200-01-01/],
    ['no end', { ...good, end: 0 }, /end time 0 is not between/],
    ['negative tokens', decodedSpan({ attributes: semconv(-5, 1) }), /input_tokens must be a whole number ≥ 0, not -5/],
    ['half a token', decodedSpan({ attributes: semconv(1.5, 1) }), /not 1.5/],
    [
      'tokens in words',
      decodedSpan({ attributes: semconv(1, 1, { 'gen_ai.usage.input_tokens': 'many' }) }),
      /not many/,
    ],
  ])('%s', (_what, span, reason) => {
    const { candidates, rejected } = spans(span, good);
    expect(candidates.map(({ event }) => event.span_id)).toEqual([good.spanId]);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]?.reason).toMatch(reason);
  });

  it('but not a start after the end', () => {
    const [candidate] = spans({ ...good, start: good.end + 5 }).candidates;
    expect(candidate?.event).toMatchObject({ time: good.end, duration_ms: null });
  });
});

describe("a key's tenant", () => {
  it('wins over the payload and marks everything that came with it', () => {
    const normalized = bindTenant(received([{ attributes: semconv(1, 1, { 'tenant.id': 'other' }) }]), 'mine');
    expect(normalized.candidates[0]).toMatchObject({ boundTenant: 'mine', event: { tenant: 'mine' } });
    expect(normalized.links[0]).toMatchObject({ boundTenant: 'mine' });
    expect(normalized.links[0]?.context?.tenant).toBeUndefined();
  });
});
