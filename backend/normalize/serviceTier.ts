/** OpenAI's word for its standard tier, Groq's, Vertex AI's and Gemini's. */
const STANDARD = new Set(['default', 'standard', 'on_demand', 'on-demand', 'unspecified']);

/** The served tier in the domain's words (standard, batch, flex, priority …); null when it is not said. */
export function serviceTierOf(served: string | undefined): string | null {
  if (served === undefined) {
    return null;
  }
  const tier = served.toLowerCase();
  // `auto` is a request, not an answer.
  return STANDARD.has(tier) ? 'standard' : tier === 'auto' ? null : tier;
}
