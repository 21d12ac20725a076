import { received, semconv, type TestSpan } from '../testing/spans';
import { Ledger } from '../../pipeline/testing/ledger';

const agent: TestSpan = {
  id: 'a',
  scope: 'agentops',
  attributes: { 'agentops.span.kind': 'agent', 'operation.name': 'Planner' },
};
const call: TestSpan = { id: 'c', parent: 'a', scope: 'openai', attributes: semconv(1000, 300) };

describe('spans as agentOps reads them', () => {
  it.each([
    ['parent first', [agent, call]],
    ['child first', [call, agent]],
  ])('a call belongs to the agent above it: %s', (_order, spans) => {
    const ledger = new Ledger();
    spans.forEach((span) => ledger.take(received([span])));
    expect(ledger.events).toMatchObject([{ agent: 'Planner', input_tokens: 1000 }]);
  });

  it.each([
    ['AgentOpsSpanKindValues.TOOL', 'tool'],
    ['session', 'aggregate'],
  ])('%s is no call', (kind, role) => {
    const attributes = { ...semconv(1000, 300), 'agentops.span.kind': kind };
    expect(received([{ attributes }])).toMatchObject({ candidates: [], links: [{ role }] });
  });

  it('a call may say that it is one', () => {
    const attributes = { ...semconv(1000, 300), 'agentops.span.kind': 'llm' };
    expect(received([{ attributes }]).candidates).toHaveLength(1);
  });
});
