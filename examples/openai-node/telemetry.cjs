'use strict';

// Loaded before anything else (node --require ./telemetry.cjs), so that the openai package is instrumented when it loads.
// Where the spans go is said by OpenTelemetry's own variables; the default is the collector of `npm start`.
process.env.OTEL_EXPORTER_OTLP_ENDPOINT ??= 'http://127.0.0.1:4318';
process.env.OTEL_SERVICE_NAME ??= 'openai-example';
// Who pays. The same keys work on single spans (main.cjs).
process.env.OTEL_RESOURCE_ATTRIBUTES ??= 'llmcost.tenant=acme,llmcost.project=examples,llmcost.team=platform';
// Spans hold all that is needed; the metrics of the same calls would say it again.
process.env.OTEL_METRICS_EXPORTER ??= 'none';
process.env.OTEL_LOGS_EXPORTER ??= 'none';

const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
const { NodeSDK } = require('@opentelemetry/sdk-node');

const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation()] });
sdk.start();

/** Sends what waits; without it the last spans of a short program are lost. */
exports.shutdown = () => sdk.shutdown();
