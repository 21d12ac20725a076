import type { RawUsage } from './usage';

/**
 * Gemini's answer is its candidates' tokens and, beside them, its thoughts'; clients that hand on the candidates alone
 * still hand on Gemini's sum of all. What the sum has beyond input and output was thought.
 * Tokens of Google's own tools are in that sum too; they are rare, and priced lower than thoughts.
 *
 * @param provider canonical
 * @param model as asked for or as answered
 */
export function withThoughts(usage: RawUsage, provider: string | null, model: string | null): RawUsage {
  const { input, output, total, reasoning } = usage;
  if (
    !provider?.startsWith('google') ||
    !model?.includes('gemini') ||
    input === null ||
    output === null ||
    total === null
  ) {
    return usage;
  }
  const beyond = total - input - output;
  const isThought = beyond > 0 && (reasoning === null || reasoning === 0 || reasoning === beyond);
  return isThought ? { ...usage, output: output + beyond, reasoning: beyond } : usage;
}
