/** Configuration of one client, to copy. */
export interface Snippet {
  readonly name: string;
  readonly hint: string;
  readonly code: string;
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');

const exporterEnvironment = (url: string): string =>
  `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
# only when the collector has keys:
# export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <key>"
export OTEL_SERVICE_NAME=my-service
export OTEL_RESOURCE_ATTRIBUTES="llmcost.tenant=acme,llmcost.project=chat,deployment.environment.name=production"`;

const javascript = (url: string): string => `# npm install @opentelemetry/sdk-node \\
#   @opentelemetry/exporter-trace-otlp-proto @opentelemetry/instrumentation-openai
${exporterEnvironment(url)}

cat > telemetry.mjs <<'END'
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';

new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [new OpenAIInstrumentation()],
}).start();
END
node --import ./telemetry.mjs app.mjs`;

const python = (url: string): string => `pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http \\
  opentelemetry-instrumentation-openai-v2
${exporterEnvironment(url)}
opentelemetry-instrument python app.py`;

const litellm = (url: string): string => `# config.yaml
litellm_settings:
  callbacks: ["otel"]

# environment of the proxy
OTEL_EXPORTER=otlp_http
OTEL_ENDPOINT=${url}/v1/traces
# only when the collector has keys:
# OTEL_HEADERS="Authorization=Bearer <key>"`;

const curl = (url: string): string => `curl -sS ${url}/v1/events \\
  -H 'content-type: application/json' \\
  -d '{
    "id": "first-call",
    "time": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
    "tenant": "acme", "project": "chat",
    "provider": "openai", "model": "gpt-4o-mini",
    "usage": { "input_tokens": 1200, "output_tokens": 300 }
  }'
# with keys, add: -H 'authorization: Bearer <key>'`;

/** Copy-paste configuration for the usual clients. `url` is the collector's address as they reach it. */
export function snippets(url: string): Snippet[] {
  const address = trimmed(url);
  return [
    {
      name: 'OpenTelemetry JS',
      hint: 'Node, with the OpenAI client. Other instrumentations that follow the GenAI conventions work the same way.',
      code: javascript(address),
    },
    {
      name: 'OpenTelemetry Python',
      hint: 'No change to the code: the instrumentation is loaded around it.',
      code: python(address),
    },
    { name: 'LiteLLM', hint: 'The proxy reports every call that goes through it.', code: litellm(address) },
    { name: 'curl', hint: 'One call by hand. Sent twice, it is counted once.', code: curl(address) },
  ];
}
