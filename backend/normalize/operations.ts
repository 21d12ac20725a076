import type { SpanRole } from './candidate';

/** Operation names in the wild → the words of the domain. Names that are not here are no model call by themselves. */
const CALLS: Readonly<Record<string, string>> = {
  chat: 'chat',
  generate_content: 'chat',
  generateContent: 'chat',
  completion: 'chat',
  acompletion: 'chat',
  responses: 'chat',
  aresponses: 'chat',
  anthropic_messages: 'chat',
  messages: 'chat',
  text_completion: 'text_completion',
  atext_completion: 'text_completion',
  embeddings: 'embeddings',
  embedding: 'embeddings',
  aembedding: 'embeddings',
  rerank: 'rerank',
  arerank: 'rerank',
  image: 'image',
  image_generation: 'image',
  aimage_generation: 'image',
  generate_images: 'image',
  images: 'image',
  audio: 'audio',
  speech: 'audio',
  aspeech: 'audio',
  text_to_speech: 'audio',
  transcription: 'audio',
  atranscription: 'audio',
  speech_to_text: 'audio',
  'ai.generateSpeech': 'audio',
  'ai.transcribe': 'audio',
  'ai.streamTranscribe': 'audio',
  decide: 'decision',
  'litellm.moderation': 'moderation',
  'litellm.passthrough': 'chat',
  moderation: 'moderation',
  amoderation: 'moderation',
};

/** Spans whose usage, if they have any, repeats that of the calls below them (rule 1 of `Counted once`). */
const AGGREGATES = new Set([
  'invoke_agent',
  'invoke_workflow',
  'agent_step',
  'plan',
  'create_agent',
  'fetch_response',
  'retrieval',
  'create_memory',
  'update_memory',
  'upsert_memory',
  'delete_memory',
  'search_memory',
  'create_memory_store',
  'delete_memory_store',
  'execute_task',
  'execute_event_loop_cycle',
  'invoke_swarm',
  'invoke_graph',
]);

/** The domain's word for a client's operation name, undefined when that operation is no model call. */
export const callOperation = (name: string): string | undefined =>
  Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;

/** Counting the tokens of a prompt calls no model, though its answer looks like usage (Envoy's gateway). */
const COUNTERS = new Set(['tokenize', 'count_tokens', 'token_count', 'detokenize']);

/** What an operation name says about a span; undefined when it says nothing that is known. */
export function roleOfOperation(name: string): SpanRole | undefined {
  if (callOperation(name) !== undefined) {
    return 'call';
  }
  if (name === 'execute_tool') {
    return 'tool';
  }
  if (COUNTERS.has(name)) {
    return 'other';
  }
  return AGGREGATES.has(name) ? 'aggregate' : undefined;
}
