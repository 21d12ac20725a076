import type { ClientHabit } from '../reading';

/**
 * Gemini CLI, and Qwen Code made of it. Their spans `llm_call` know neither cached tokens nor thoughts; their log event
 * `api_response` knows all and is always on with them. So the spans are no reports of calls, or they would displace it.
 */
export const geminiCli: ClientHabit = {
  owns: (_span, { scopeName }) => GEMINI_CLI.test(scopeName),
  read: () => ({ role: 'aggregate' }),
};

/** Scopes of Gemini CLI and Qwen Code: what they say under the conventions' names repeats what they say in their own. */
export const GEMINI_CLI = /^(gemini-cli|qwen-code)$/;
