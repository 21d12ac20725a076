import { INCLUSIVE, noUsage, type RawUsage } from './usage';
import { count, has, sum, type Shape } from './usageShape';
import { isJson, textOf, type Json } from './values';

/** promptTokenCount excludes toolUse, candidates exclude thoughts; cachedContent is inside the prompt. */
export const gemini: Shape = {
  recognises: (object) =>
    has(
      object,
      'promptTokenCount',
      'candidatesTokenCount',
      'responseTokenCount',
      'totalTokenCount',
      'prompt_token_count',
      'candidates_token_count'
    ),
  read(object) {
    const thoughts = count(object, 'thoughtsTokenCount', 'thoughts_token_count');
    const usage: RawUsage = {
      ...noUsage(),
      input: sum(
        count(object, 'promptTokenCount', 'prompt_token_count'),
        count(object, 'toolUsePromptTokenCount', 'tool_use_prompt_token_count')
      ),
      output: sum(count(object, 'candidatesTokenCount', 'responseTokenCount', 'candidates_token_count'), thoughts),
      cacheRead: count(object, 'cachedContentTokenCount', 'cached_content_token_count'),
      reasoning: thoughts,
      audioInput: modality(object, 'promptTokensDetails', 'prompt_tokens_details', 'AUDIO'),
      imageInput: modality(object, 'promptTokensDetails', 'prompt_tokens_details', 'IMAGE'),
      audioOutput:
        modality(object, 'candidatesTokensDetails', 'candidates_tokens_details', 'AUDIO') ??
        modality(object, 'responseTokensDetails', 'response_tokens_details', 'AUDIO'),
    };
    return { usage, convention: INCLUSIVE };
  },
};

/** Gemini's Interactions API: the same parts under other names; `total_tokens` is their sum. */
export const interactions: Shape = {
  recognises: (object) => has(object, 'total_input_tokens', 'total_output_tokens'),
  read(object) {
    const thoughts = count(object, 'total_thought_tokens');
    const usage: RawUsage = {
      ...noUsage(),
      input: sum(count(object, 'total_input_tokens'), count(object, 'total_tool_use_tokens')),
      output: sum(count(object, 'total_output_tokens'), thoughts),
      cacheRead: count(object, 'total_cached_tokens'),
      reasoning: thoughts,
      audioInput: byModality(object, 'input_tokens_by_modality', 'audio'),
      imageInput: byModality(object, 'input_tokens_by_modality', 'image'),
      audioOutput: byModality(object, 'output_tokens_by_modality', 'audio'),
    };
    return { usage, convention: INCLUSIVE };
  },
};

function byModality(object: Json, key: string, name: string): number | null {
  const list = object[key];
  const found = Array.isArray(list) ? (list as unknown[]).filter(isJson).find((item) => item.modality === name) : null;
  return found ? count(found, 'tokens') : null;
}

function modality(object: Json, camel: string, snake: string, name: string): number | null {
  const list = object[camel] ?? object[snake];
  const found = Array.isArray(list) ? (list as unknown[]).filter(isJson).find((item) => item.modality === name) : null;
  return found ? count(found, 'tokenCount', 'token_count') : null;
}

/** Gemini says how it served a call by its traffic: `ON_DEMAND`, `ON_DEMAND_PRIORITY`, `PROVISIONED_THROUGHPUT` … */
export function geminiTier(object: Json): string | undefined {
  const traffic = (textOf(object.trafficType) ?? textOf(object.traffic_type))?.toLowerCase();
  return traffic === 'traffic_type_unspecified' ? undefined : traffic?.replace(/^on_demand_/, '');
}
