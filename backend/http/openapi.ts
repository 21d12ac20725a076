import { COST_TYPES, DIMENSIONS, METRICS, OPERATORS, USAGE_VIEWS } from '../../src/query';
import { IMPORT_FORMATS } from '../pricing/importers/plan';
import { PROVIDER_KEYS } from '../normalize/providerUsage';
import { priceRowSchema } from '../pricing/priceRow';
import { eventSchema, usageSchema } from '../receivers/events/eventInput';
import { EVENT_MEDIA_TYPES } from '../receivers/events/readEvents';
import { REPORTING_PROVIDERS } from '../reports/reconcile/providerReport';
import { reconciliationSchema } from '../reports/reconcile/request';
import { FACTORS } from '../reports/why/split';
import { whySchema } from '../reports/why/request';
import { VERSION } from '../version';
import { SCOPES } from './auth';
import { BUDGET_PATHS, BUDGET_SCHEMAS } from './openapiBudgets';
import { VALUE_PATHS, VALUE_SCHEMAS } from './openapiValue';
import {
  jsonSchema,
  ref,
  content,
  object,
  string,
  integer,
  dateTime,
  nullable,
  array,
  operation,
  inQuery,
  idParameter,
  viewTable,
  type Json,
} from './openapiParts';
import { annotationsSchema } from './routes/annotations';
import { refusedSchema } from './routes/refused';

const otlp = (what: string): Json =>
  operation({
    summary: `OTLP/HTTP ${what}, protobuf or JSON, gzip allowed; 2xx means stored`,
    scope: 'ingest',
    body: content({}, 'application/x-protobuf', 'application/json'),
    ok: {},
    okTypes: ['application/x-protobuf', 'application/json'],
  });

const paths: Json = {
  '/': { get: operation({ summary: 'What this is, for a person', scope: null, ok: string, okTypes: ['text/html'] }) },
  '/healthz': {
    get: operation({ summary: 'The process lives', scope: null, ok: object({ status: string, version: string }) }),
  },
  '/readyz': {
    get: operation({ summary: 'The database answers', scope: null, ok: object({ status: string, version: string }) }),
  },
  '/metrics': {
    get: operation({
      summary: "The collector's own Prometheus metrics",
      scope: null,
      ok: string,
      okTypes: ['text/plain'],
    }),
  },
  '/openapi.json': { get: operation({ summary: 'This document', scope: null, ok: {} }) },
  '/v1/status': {
    get: operation({ summary: 'What has arrived: totals, latest event, sources', scope: 'read', ok: ref('Status') }),
  },
  '/v1/traces': { post: otlp('traces') },
  '/v1/logs': { post: otlp('log events') },
  '/v1/metrics': { post: otlp('metrics') },
  '/v1/litellm': {
    post: operation({
      summary: "LiteLLM's generic API callback: json_array, ndjson or single",
      scope: 'ingest',
      body: content({}, 'application/json', 'application/x-ndjson'),
      ok: ref('IngestReply'),
    }),
  },
  '/v1/events': {
    post: operation({
      summary: 'Usage events: one, an array, NDJSON, or CloudEvents 1.0',
      scope: 'ingest',
      body: content({ oneOf: [ref('Event'), array(ref('Event'))] }, ...EVENT_MEDIA_TYPES),
      ok: ref('IngestReply'),
    }),
  },
  '/v1/events/{id}': {
    get: operation({
      summary: 'One event, its costs in pico-USD, and why it has this price or none',
      scope: 'read',
      parameters: [idParameter, { name: 'source', in: 'query', schema: string, description: 'Source of a CloudEvent' }],
      ok: { type: 'object' },
    }),
  },
  '/v1/refused': {
    get: operation({
      summary: 'Events that were acknowledged while the database was away and could not be stored afterwards',
      scope: 'read',
      parameters: [inQuery('limit', { type: 'integer', default: 100 })],
      ok: object({ refused: array(ref('RefusedEvent')), total: integer }),
    }),
  },
  '/v1/refused/replay': {
    post: operation({
      summary: 'Tries again to store refused events; what can be stored leaves the list',
      scope: 'admin',
      body: content(jsonSchema(refusedSchema)),
      ok: object({ stored: integer, duplicate: integer, refused: integer }),
    }),
  },
  '/v1/refused/discard': {
    post: operation({
      summary: 'Lets refused events go for good',
      scope: 'admin',
      body: content(jsonSchema(refusedSchema)),
      ok: object({ discarded: integer }),
    }),
  },
  '/v1/query': {
    post: operation({
      summary: 'The cost query; JSON, or CSV by Accept: text/csv',
      scope: 'read',
      body: content(ref('CostQuery')),
      ok: ref('QueryReply'),
      okTypes: ['application/json', 'text/csv'],
    }),
  },
  '/v1/tags': {
    get: operation({
      summary: 'Names of the tags that calls of a range carry, as dimensions (tags.<name>), most frequent first',
      scope: 'read',
      parameters: [inQuery('from', dateTime, 'Default: a day before to'), inQuery('to', dateTime, 'Default: now')],
      ok: object({ tags: array(string) }),
    }),
  },
  '/v1/usage/views/{view}': {
    get: operation({
      summary: 'What releases changed, token inflation and the variance of days, as tables for panels',
      scope: 'read',
      parameters: [
        { name: 'view', in: 'path', required: true, schema: { type: 'string', enum: [...USAGE_VIEWS] } },
        inQuery('from', dateTime, 'Default: 30 days before to'),
        inQuery('to', dateTime, 'Default: now'),
        inQuery('tenant', array(string), 'Of these tenants only (repeated)'),
        inQuery('service', array(string), 'Releases of these services only (repeated)'),
      ],
      ok: viewTable,
    }),
  },
  '/v1/annotations': {
    post: operation({
      summary:
        "Marks for dashboards' time axes: releases, budget crossings, repricings; columns time, title, text, tags",
      scope: 'read',
      body: content(jsonSchema(annotationsSchema)),
      ok: viewTable,
    }),
  },
  '/v1/me/usage': {
    get: operation({
      summary: "The caller's own usage: of the user signed in to Grafana, or of the subject of a JSON Web Token",
      scope: 'read',
      parameters: [
        inQuery('from', dateTime, 'Default: 30 days before to'),
        inQuery('to', dateTime, 'Default: now'),
        inQuery('time_zone', string, 'Decides where days begin; default UTC'),
      ],
      ok: ref('OwnUsage'),
    }),
  },
  '/v1/prices': {
    get: operation({
      summary: 'The price book: overrides and catalogue',
      scope: 'read',
      parameters: [
        inQuery('provider', string),
        inQuery('model', string, 'Id or alias; * for any characters'),
        inQuery('tenant', string, 'Rows of this tenant; empty: rows for every tenant'),
        inQuery('at', dateTime, 'Rows that hold at this time'),
        inQuery('origin', { enum: ['override', 'catalogue'] }),
        inQuery('limit', integer),
        inQuery('offset', integer),
        inQuery('form', { enum: ['stored', 'posted'] }, 'posted: as rows are posted, to be sent to another collector'),
      ],
      ok: object({
        prices: array({ oneOf: [ref('StoredPrice'), ref('PriceRow')] }),
        total: integer,
        next_offset: nullable(integer),
        version: integer,
      }),
    }),
    post: operation({
      summary: 'Adds one price row or several; rows that overlap in time are refused',
      scope: 'admin',
      body: content({ oneOf: [ref('PriceRow'), array(ref('PriceRow'))] }),
      ok: object({ prices: array(ref('StoredPrice')), version: integer }),
      status: 201,
    }),
  },
  '/v1/prices/import': {
    post: operation({
      summary: "Imports LiteLLM's price file or YAML; a dry run (the default) only lists what would come of it",
      scope: 'admin',
      parameters: [
        { ...inQuery('format', { enum: IMPORT_FORMATS }), required: true },
        inQuery('dry_run', { type: 'boolean', default: true }),
      ],
      body: content({}, 'application/json', 'application/yaml'),
      ok: object({
        dry_run: { type: 'boolean' },
        format: { enum: IMPORT_FORMATS },
        added: array(ref('PriceRow')),
        left_out: array(object({ model: string, why: string })),
        overlaps: array(object({ row: ref('PriceRow'), existing: string })),
        version: nullable(integer),
      }),
    }),
  },
  '/v1/prices/unpriced': {
    get: operation({
      summary: 'Usage without a price by reason, provider, model and deployment, with the nearest known models',
      scope: 'read',
      parameters: [inQuery('from', dateTime, 'Default: 31 days before to'), inQuery('to', dateTime, 'Default: now')],
      ok: object({ from: dateTime, to: dateTime, unpriced: array(ref('UnpricedUsage')) }),
    }),
  },
  '/v1/prices/map': {
    post: operation({
      summary: 'Gives an unpriced model the prices of a known one and prices its calls again from then on',
      scope: 'admin',
      body: content(
        object(
          {
            provider: nullable(string),
            model: string,
            to: object({ provider: string, model: string }),
            from: { ...dateTime, description: 'Default: the first unpriced call' },
            tenant: nullable(string),
            why: string,
          },
          ['model', 'to']
        )
      ),
      ok: object({ prices: array(ref('StoredPrice')), version: integer, repricing: ref('RepriceReply') }),
      status: 201,
    }),
  },
  '/v1/currencies': {
    get: operation({
      summary: 'Rates of the day for showing amounts in other currencies; amounts stay USD',
      scope: 'read',
      parameters: [inQuery('currency', string, 'ISO 4217')],
      ok: object({ base: string, rates: array(ref('CurrencyRate')) }),
    }),
    post: operation({
      summary: 'Adds rates of the day; one of the same day and currency takes the place of the former',
      scope: 'admin',
      body: content({ oneOf: [ref('CurrencyRate'), array(ref('CurrencyRate'))] }),
      ok: object({ base: string, rates: array(ref('CurrencyRate')) }),
      status: 201,
    }),
  },
  '/v1/prices/reprice': {
    post: operation({
      summary: 'Prices the events of a range again; a dry run (the default) only counts and compares',
      scope: 'admin',
      body: content(ref('Reprice')),
      ok: ref('RepriceReply'),
    }),
  },
  '/v1/prices/undo': {
    post: operation({
      summary: 'Gives the events of a repricing the amounts that they had before it',
      scope: 'admin',
      body: content(object({ audit_id: integer, why: string }, ['audit_id'])),
      ok: object({ audit_id: integer, events: integer }),
    }),
  },
  '/v1/prices/audit': {
    get: operation({
      summary: 'Who changed the price book or the prices of past events, when and why',
      scope: 'admin',
      ok: object({ entries: array({ type: 'object' }) }),
    }),
  },
  '/v1/prices/{id}': {
    delete: operation({
      summary: 'Takes an override out of force; priced calls keep their cost',
      scope: 'admin',
      parameters: [idParameter],
      ok: null,
      status: 204,
    }),
  },
  ...BUDGET_PATHS,
  ...VALUE_PATHS,
  '/v1/reports/reconciliation': {
    get: operation({
      summary: "Our total against the provider's bill, per day (UTC) and model, with what explains the difference",
      scope: 'read',
      parameters: [
        { name: 'from', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
        {
          name: 'to',
          in: 'query',
          required: true,
          schema: { type: 'string', format: 'date' },
          description: 'Exclusive',
        },
        { name: 'provider', in: 'query', schema: { enum: REPORTING_PROVIDERS } },
      ],
      ok: { type: 'object' },
    }),
    post: operation({
      summary: "Reads the providers' reports of these days anew, then answers as GET",
      scope: 'admin',
      body: content(jsonSchema(reconciliationSchema)),
      ok: { type: 'object' },
    }),
  },
  '/v1/reports/why-changed': {
    post: operation({
      summary:
        "Why the cost of two periods differs: the difference split into its causes without a rest, and who's behind it",
      scope: 'read',
      body: content(jsonSchema(whySchema)),
      ok: object({
        before: object({
          from: dateTime,
          to: dateTime,
          cost: string,
          unpriced_calls: integer,
          average: { type: 'boolean', description: 'Only where it was asked for' },
        }),
        after: object({ from: dateTime, to: dateTime, cost: string, unpriced_calls: integer }),
        difference: string,
        factors: array(
          object({ factor: { enum: FACTORS.map(({ name }) => name) }, label: string, means: string, amount: string })
        ),
        who: array(
          object({
            dimension: string,
            explained: { type: 'number', description: 'Part of the difference that the first mover makes' },
            movers: array(object({ value: string, before: string, after: string, difference: string })),
          })
        ),
        sentence: string,
      }),
    }),
  },
  '/api/v1/admin/metrics/cost-optimization': {
    get: operation({
      summary: 'Cost of an organisation today and this month; wants a JSON Web Token and an equal X-Org-ID',
      scope: 'read',
      parameters: [{ name: 'X-Org-ID', in: 'header', required: true, schema: string }],
      ok: { type: 'object' },
    }),
  },
  '/v1/keys': {
    get: operation({
      summary: 'API keys, without the keys themselves',
      scope: 'admin',
      ok: object({ keys: array(ref('Key')) }),
    }),
    post: operation({
      summary: 'Makes an API key; the reply is the only time it is shown',
      scope: 'admin',
      body: content(
        object({ name: string, scopes: array({ enum: SCOPES }), tenant: nullable(string) }, ['name', 'scopes'])
      ),
      ok: { allOf: [ref('Key'), object({ key: string })] },
      status: 201,
    }),
  },
  '/v1/keys/{id}': {
    delete: operation({
      summary: 'Revokes an API key',
      scope: 'admin',
      parameters: [idParameter],
      ok: null,
      status: 204,
    }),
  },
};

const groupName: Json = {
  anyOf: [{ enum: [...DIMENSIONS.map(({ name }) => name), 'cost_type'] }, { type: 'string', pattern: '^tags\\..+' }],
};

/** An event whose usage is in the words of the contract or a provider's. */
function eventJsonSchema(): Json {
  const schema = jsonSchema(eventSchema);
  const usage = { anyOf: [ref('Usage'), ref('ProviderUsage'), { type: 'null' }] };
  return {
    ...schema,
    properties: { ...(schema.properties as Json), usage },
    description: 'One model call; what is not a field goes into tags',
  };
}

const schemas: Json = {
  Problem: {
    ...object({ type: string, title: string, status: integer, detail: string, instance: string }),
    description: 'RFC 9457',
  },
  Usage: {
    ...jsonSchema(usageSchema),
    description: 'Tokens, inclusive: cached and audio tokens are parts of input, reasoning of output',
  },
  ProviderUsage: {
    type: 'object',
    anyOf: PROVIDER_KEYS.map((key) => ({ required: [key] })),
    description:
      "A provider's usage object as its API returned it: OpenAI chat and responses (Azure, DeepSeek and who copies them), Anthropic, Gemini, Bedrock, Cohere, Ollama",
  },
  Event: eventJsonSchema(),
  RefusedEvent: object({
    refused_id: string,
    refused_at: dateTime,
    tries: integer,
    reason: string,
    event_id: nullable(string),
    time: nullable(dateTime),
    tenant: nullable(string),
    project: nullable(string),
    provider: nullable(string),
    model: nullable(string),
    source: nullable(string),
  }),
  IngestReply: object({
    accepted: integer,
    duplicate: integer,
    rejected: integer,
    items: array(
      object(
        {
          index: integer,
          id: nullable(string),
          event_id: string,
          status: { enum: ['accepted', 'duplicate', 'rejected'] },
          reason: string,
        },
        ['index', 'id', 'status']
      )
    ),
  }),
  CostQuery: object(
    {
      from: dateTime,
      to: dateTime,
      metrics: array({ enum: METRICS.map(({ name }) => name) }),
      group_by: array(groupName),
      filters: array(object({ dimension: groupName, operator: { enum: OPERATORS }, values: array(string) })),
      interval: { type: 'string', pattern: '^[1-9][0-9]*[smhdwMqy]$' },
      time_zone: { type: 'string', default: 'UTC' },
      order_by: string,
      direction: { enum: ['asc', 'desc'] },
      limit: integer,
      with_other: { type: 'boolean', default: false },
    },
    ['from', 'to', 'metrics']
  ),
  QueryReply: object({
    columns: array(
      object({ name: string, type: { enum: ['time', 'text', 'money', 'integer', 'number'] }, unit: nullable(string) })
    ),
    rows: array(array({})),
    unpriced: object({ calls: integer, tokens: integer }),
    source: string,
    elapsed_ms: { type: 'number' },
  }),
  OwnUsage: object({
    user: object({ name: nullable(string), user_ids: array(string) }),
    from: dateTime,
    to: dateTime,
    total: ref('QueryReply'),
    previous: { ...ref('QueryReply'), description: 'The period of the same length before' },
    by_day: ref('QueryReply'),
    by_model: ref('QueryReply'),
    by_project: ref('QueryReply'),
  }),
  CostType: { enum: COST_TYPES.map(({ name }) => name) },
  PriceRow: jsonSchema(priceRowSchema),
  StoredPrice: {
    allOf: [
      ref('PriceRow'),
      object({ price_id: string, version: integer, origin: { enum: ['override', 'catalogue'] } }),
    ],
  },
  UnpricedUsage: object({
    reason: string,
    provider: nullable(string),
    model: nullable(string),
    deployment: nullable(string),
    calls: integer,
    failed_calls: { ...integer, description: 'Those that did not end ok; without usage they may have cost nothing' },
    tokens: integer,
    first_seen: dateTime,
    last_seen: dateTime,
    nearest: array(object({ price_id: string, provider: string, model: string })),
  }),
  ...BUDGET_SCHEMAS,
  ...VALUE_SCHEMAS,
  CurrencyRate: object({
    date: { type: 'string', format: 'date' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    rate: { ...string, description: 'Units of the currency for one USD, a decimal string' },
    source: string,
  }),
  Reprice: object(
    { from: dateTime, to: dateTime, filters: array({}), dry_run: { type: 'boolean', default: true }, why: string },
    ['from', 'to']
  ),
  RepriceReply: object({
    dry_run: { type: 'boolean' },
    audit_id: nullable(integer),
    events: integer,
    changed: integer,
    newly_priced: integer,
    newly_unpriced: integer,
    old_cost: string,
    new_cost: string,
    difference: string,
    largest_movers: array(
      object({
        tenant: string,
        model: nullable(string),
        calls: integer,
        old_cost: string,
        new_cost: string,
        difference: string,
      })
    ),
  }),
  Key: object({
    key_id: string,
    name: string,
    scopes: array({ enum: SCOPES }),
    tenant: nullable(string),
    created_at: dateTime,
  }),
  Status: object({
    version: string,
    started_at: dateTime,
    events_total: integer,
    last_event_at: nullable(dateTime),
    calls_24h: integer,
    unpriced_calls_24h: integer,
    sources: array(object({ source: string, calls: integer, last_seen: dateTime })),
    tenants: { ...nullable(array(string)), description: 'What the numbers are about; null for all' },
  }),
};

/** The OpenAPI 3.1 description of the collector, made from the schemas that check the requests. */
export const OPENAPI: Json & { readonly paths: Json } = {
  openapi: '3.1.0',
  info: { title: 'LLM Cost collector', version: VERSION, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  paths,
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'API key or JSON Web Token' } },
    schemas,
  },
};
