import { speedTier } from '../logEvents';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv, semconvCall } from '../semconv';
import { noUsage } from '../usage';
import { firstCount, firstText, numberOf, reportedPico, textOf } from '../values';

/**
 * Claude Code's traces (beta): spans `claude_code.llm_request` with bare attribute names, the Anthropic API's parts
 * (cached tokens beside the input). Its log events are read in `logs.ts`.
 */
export const claudeCode: ClientHabit = {
  owns: (span, { scopeName }) =>
    scopeName.startsWith('com.anthropic.claude_code') || span.name.startsWith('claude_code.'),
  read(span): SpanReading {
    if (!/llm_request|api_request/.test(span.name)) {
      const reading = readSemconv(span);
      return reading.role === 'call' ? reading : { role: /tool/.test(span.name) ? 'tool' : 'aggregate' };
    }
    const { attributes } = span;
    const call = semconvCall(span);
    const own = firstCount(attributes, ['input_tokens']) !== null;
    return {
      role: 'call',
      call: {
        ...call,
        operation: 'chat',
        explicit: true,
        provider: call.provider ?? 'anthropic',
        requestModel: call.requestModel ?? textOf(attributes.get('model')),
        responseId: call.responseId ?? firstText(attributes, ['response_id', 'message_id']),
        finishReason: call.finishReason ?? textOf(attributes.get('stop_reason')),
        timeToFirstTokenMs: call.timeToFirstTokenMs ?? numberOf(attributes.get('ttft_ms')),
        reportedCost: reportedPico(attributes.get('cost_usd')),
        serviceTier: call.serviceTier ?? speedTier(attributes),
        attempt: numberOf(attributes.get('attempt')) ?? call.attempt,
        ...(own && {
          convention: { input: 'exclusive' as const, output: 'inclusive' as const },
          usage: {
            ...noUsage(),
            input: firstCount(attributes, ['input_tokens']),
            output: firstCount(attributes, ['output_tokens']),
            cacheRead: firstCount(attributes, ['cache_read_tokens', 'cache_read_input_tokens']),
            cacheWrite: firstCount(attributes, ['cache_creation_tokens', 'cache_creation_input_tokens']),
            cacheWrite5m: firstCount(attributes, ['cache_creation_5m_tokens']),
            cacheWrite1h: firstCount(attributes, ['cache_creation_1h_tokens']),
          },
        }),
      },
    };
  },
};
