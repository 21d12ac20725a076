import { closeSchema, creditSchema, deliverSchema, FORMATS, splitSchema } from '../chargeback/request';
import { LINE_KINDS } from '../chargeback/line';
import { feedbackSchema } from '../outcomes/request';
import { ruleSchema } from '../outcomes/rules';
import { releaseSchema } from '../releases/releases';
import { savedSchema, scenarioSchema } from '../whatif/request';
import {
  array,
  content,
  dateTime,
  idParameter,
  inQuery,
  integer,
  type Json,
  jsonSchema,
  money,
  nullable,
  number,
  object,
  operation,
  ref,
  string,
} from './openapiParts';

const range = (length: string): Json[] => [
  inQuery('from', dateTime, `Default: ${length} before to`),
  inQuery('to', dateTime, 'Default: now'),
];

/** What the money bought, in the OpenAPI description: outcomes, releases, chargeback. */
export const VALUE_PATHS: Json = {
  '/v1/feedback': {
    post: operation({
      summary:
        'What a call, run or session brought: success, score, label; before or after its usage, corrected any time',
      scope: 'ingest',
      body: content({ oneOf: [ref('Feedback'), array(ref('Feedback'))] }),
      ok: object({
        accepted: integer,
        corrected: integer,
        duplicate: integer,
        outdated: { ...integer, description: 'Older than the verdict that holds' },
        rejected: integer,
        items: array(object({ index: integer, status: string, reason: string }, ['index', 'status'])),
      }),
    }),
    get: operation({
      summary: 'Feedback, the newest first, with the number of calls that it was found to be about',
      scope: 'read',
      parameters: [...range('7 days'), inQuery('limit', { type: 'integer', default: 100 })],
      ok: object({ feedback: array({ type: 'object' }) }),
    }),
  },
  '/v1/outcome-rules': {
    get: operation({
      summary: 'What counts as a success where no feedback says so, and what one may cost',
      scope: 'read',
      ok: object({ rules: array(ref('OutcomeRule')) }),
    }),
    post: operation({
      summary: "Sets a tenant's rule or everybody's; outcomes of past calls follow",
      scope: 'admin',
      body: content(ref('OutcomeRule')),
      ok: object({ rules: array(ref('OutcomeRule')) }),
    }),
  },
  '/v1/reports/efficiency': {
    get: operation({
      summary: 'Cost per success against its target, and what failures and retries cost, per tenant and feature',
      scope: 'read',
      parameters: range('30 days'),
      ok: object({
        from: dateTime,
        to: dateTime,
        rows: array(
          object({
            tenant: string,
            feature: nullable(string),
            total_cost: nullable(money),
            calls: integer,
            successes: integer,
            success_ratio: nullable(number),
            cost_per_success: nullable(money),
            wasted_cost: nullable(money),
            retries: integer,
            retry_cost: nullable(money),
            cost_per_tool_success: nullable(money),
            cost_per_point: nullable(money),
            score: nullable(number),
            ratings: integer,
            target: money,
            of_target: { ...nullable(number), description: 'Above 1 the target is missed' },
          })
        ),
      }),
    }),
  },
  '/v1/releases': {
    post: operation({
      summary: 'A version of a service came out; one or several, the same again changes nothing',
      scope: 'ingest',
      body: content({ oneOf: [ref('Release'), array(ref('Release'))] }),
      ok: object({ releases: integer }),
      status: 201,
    }),
    get: operation({
      summary: 'Releases, the newest first, with cost, tokens, errors and retries before and after, and significance',
      scope: 'read',
      parameters: [
        ...range('30 days'),
        inQuery('service', string),
        inQuery('limit', { type: 'integer', default: 100 }),
      ],
      ok: object({
        releases: array(
          object({
            release_id: string,
            tenant: string,
            service: string,
            version: string,
            previous: nullable(string),
            environment: nullable(string),
            time: dateTime,
            url: nullable(string),
            description: nullable(string),
            origin: { enum: ['api', 'seen'] },
            before_from: nullable(dateTime),
            after_to: nullable(dateTime),
            effects: array(
              object({
                dimension: { enum: ['service', 'feature', 'model'] },
                value: string,
                calls_before: integer,
                calls_after: integer,
                cost_per_request: ref('Measured'),
                prompt_tokens: ref('Measured'),
                completion_tokens: ref('Measured'),
                error_rate: ref('Measured'),
                retry_rate: ref('Measured'),
                significant: { type: 'boolean' },
                verdict: string,
              })
            ),
          })
        ),
      }),
    }),
  },
  '/v1/reports/chargeback': {
    get: operation({
      summary: 'The statement of a month (UTC): who is charged what; as JSON, CSV, or CSV of FOCUS 1.2',
      scope: 'read',
      parameters: [
        { ...inQuery('month', { type: 'string', pattern: '^\\d{4}-\\d{2}$' }), required: true },
        inQuery('tenant', string, 'Default: all that the caller sees'),
        inQuery('currency', { type: 'string', default: 'USD' }, 'Each day at its own rate'),
        inQuery('format', { enum: FORMATS, default: 'json' }),
      ],
      ok: ref('Statement'),
      okTypes: ['application/json', 'text/csv'],
    }),
  },
  '/v1/reports/savings': {
    get: operation({
      summary: 'What could be saved: cheaper models with their success, caching, batches; each with its arithmetic',
      scope: 'read',
      parameters: [...range('30 days'), inQuery('tenant', string)],
      ok: object({
        from: dateTime,
        to: dateTime,
        routing: array({ type: 'object' }),
        caching: array({ type: 'object' }),
        batch: array({ type: 'object' }),
        together: object({
          saving: { ...money, description: 'USD; at most this, since no call can go two ways' },
          works: array(object({ best: { enum: ['routing', 'caching', 'batch'] }, saving: money })),
        }),
      }),
    }),
  },
  '/v1/what-if': {
    post: operation({
      summary:
        'What the work of the last days would cost with changes, and in a month and a year; the arithmetic line by line',
      scope: 'read',
      body: content(ref('Scenario')),
      ok: ref('WhatIf'),
    }),
  },
  '/v1/what-if/scenarios': {
    get: operation({
      summary: 'Scenarios that were kept',
      scope: 'read',
      ok: object({ scenarios: array({ type: 'object' }) }),
    }),
    post: operation({
      summary: 'Keeps a scenario under a name',
      scope: 'read',
      body: content(jsonSchema(savedSchema)),
      ok: object({ scenario_id: string }),
      status: 201,
    }),
  },
  '/v1/what-if/scenarios/{id}': {
    get: operation({
      summary: 'A kept scenario and what comes of it today',
      scope: 'read',
      parameters: [idParameter],
      ok: object({ scenario_id: string, name: string, scenario: ref('Scenario'), result: ref('WhatIf') }),
    }),
    delete: operation({
      summary: 'Lets a kept scenario go',
      scope: 'admin',
      parameters: [idParameter],
      ok: null,
      status: 204,
    }),
  },
  '/v1/chargeback/months': {
    get: operation({
      summary: 'The months from the first usage to the running one, and which are closed; the newest first',
      scope: 'read',
      ok: object({
        months: array(
          object({
            month: string,
            state: { enum: ['running', 'open', 'closed'] },
            currency: nullable(string),
            closed_at: nullable(dateTime),
            closed_by: nullable(string),
            can_close: {
              type: 'boolean',
              description: 'Whether it is its turn, in their order, and the caller sees every tenant',
            },
          })
        ),
        tenants: { ...nullable(array(string)), description: 'Whom the caller sees; null for all' },
      }),
    }),
  },
  '/v1/chargeback/close': {
    post: operation({
      summary: 'Closes a month: its statement stays as it is, later corrections appear as adjustments in the next',
      scope: 'admin',
      body: content(jsonSchema(closeSchema)),
      ok: ref('Statement'),
      status: 201,
    }),
  },
  '/v1/chargeback/deliveries': {
    get: operation({
      summary: 'What became of the statements that are sent out once their month is closed',
      scope: 'read',
      ok: object({
        names: { ...array(string), description: 'The deliveries of the configuration' },
        deliveries: array(
          object({
            name: string,
            month: string,
            attempts: integer,
            delivered_at: nullable(dateTime),
            next_attempt_at: nullable(dateTime),
            last_error: nullable(string),
          })
        ),
      }),
    }),
    post: operation({
      summary: 'Has the statement of a closed month sent again',
      scope: 'admin',
      body: content(jsonSchema(deliverSchema)),
      ok: object({ name: string, month: string }),
      status: 202,
    }),
  },
  '/v1/chargeback/splits': {
    get: operation({
      summary: 'Shared costs and over whom they are divided',
      scope: 'read',
      ok: object({ splits: array(ref('Split')) }),
    }),
    post: operation({
      summary: 'Sets how a shared cost is divided; one of the same tenant and name takes its place',
      scope: 'admin',
      body: content(ref('Split')),
      ok: object({ splits: array(ref('Split')) }),
      status: 201,
    }),
  },
  '/v1/chargeback/splits/{id}': {
    delete: operation({
      summary: 'Lets a shared cost stay where it is from now on; `id` is its name',
      scope: 'admin',
      parameters: [{ name: 'id', in: 'path', required: true, schema: string }],
      ok: null,
      status: 204,
    }),
  },
  '/v1/chargeback/credits': {
    post: operation({
      summary: 'Lowers what is charged for an open month',
      scope: 'admin',
      body: content(jsonSchema(creditSchema)),
      ok: object({ id: string }),
      status: 201,
    }),
  },
};

export const VALUE_SCHEMAS: Json = {
  Feedback: jsonSchema(feedbackSchema),
  OutcomeRule: jsonSchema(ruleSchema),
  Scenario: jsonSchema(scenarioSchema),
  Amounts: object({ base: money, scenario: money, difference: money, low: number, high: number }),
  WhatIf: object({
    from: dateTime,
    to: dateTime,
    days: integer,
    period: ref('Amounts'),
    month: ref('Amounts'),
    year: ref('Amounts'),
    budgets: array({ type: 'object' }),
    lines: array({ type: 'object' }),
    unpriced: { ...integer, description: 'Lines without a known price, which are in no amount' },
  }),
  Split: jsonSchema(splitSchema),
  Statement: object({
    month: string,
    currency: string,
    closed_at: nullable(dateTime),
    total: { ...string, description: 'In the currency; the exact sum of the lines' },
    total_usd: money,
    unpriced_calls: integer,
    notes: array(string),
    sums: array(
      object({ tenant: string, team: nullable(string), cost_center: nullable(string), amount: string, usd: money })
    ),
    lines: array(
      object({
        line_id: string,
        kind: { enum: LINE_KINDS },
        of_month: { ...string, description: 'An earlier month for adjustments' },
        description: string,
        amount: { ...string, description: 'In the currency' },
        usd: money,
        provenance: nullable({ type: 'object', description: 'The price row, and the cost query that lists the calls' }),
      })
    ),
  }),
  Release: jsonSchema(releaseSchema),
  Measured: object({
    before: nullable(string),
    after: nullable(string),
    change: nullable(number),
    p: { ...nullable(number), description: "Welch's t test, two-sided; null below 30 calls on a side" },
  }),
};
