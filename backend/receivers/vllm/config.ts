import { z } from 'zod';

const text = z.string().min(1).max(1024);

/** One server of the configuration file's section `vllm`. */
export const vllmSchema = z.strictObject({
  /** Its metrics page, e.g. `http://gpu-1:8000/metrics`. */
  url: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }),
  interval_seconds: z.number().min(1).max(3600).default(15),
  /** Whose models these are in the price book. */
  provider: text.default('vllm'),
  tenant: text.optional(),
  project: text.optional(),
  team: text.optional(),
  environment: text.optional(),
  cost_center: text.optional(),
  deployment: text.optional(),
  /** With it, spans and log events of this service displace what the counters say: each call counts once. */
  service: text.optional(),
});

export type VllmTarget = z.infer<typeof vllmSchema>;
