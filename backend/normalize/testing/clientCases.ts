import { candidateOf, type Entries, type TestSpan } from './spans';

/** What a span of a client becomes: only the fields that are named are compared. */
export interface ClientCase {
  readonly client: string;
  readonly span: TestSpan;
  readonly event: object;
}

/** One test for each case. */
export function itReads(cases: readonly ClientCase[]): void {
  it.each(cases.map((entry) => [entry.client, entry] as const))('%s', (_client, { span, event }) => {
    expect(candidateOf(span).event).toMatchObject(event);
  });
}

/** Attributes of a generation as Langfuse's SDKs write it. */
export const usageDetails = (details: object): Entries => ({
  'langfuse.observation.type': 'generation',
  'langfuse.observation.model.name': 'gpt-4o',
  'langfuse.observation.usage_details': JSON.stringify(details),
});
