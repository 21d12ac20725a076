import { feedbackSchema } from '../outcomes/request';
import { ruleSchema } from '../outcomes/rules';
import { releaseSchema } from '../releases/releases';
import {
  array,
  content,
  dateTime,
  inQuery,
  integer,
  type Json,
  jsonSchema,
  nullable,
  object,
  operation,
  ref,
  string,
} from './openapiParts';

const money: Json = { type: 'string', description: 'USD, a decimal string' };
const number: Json = { type: 'number' };
const range = (length: string): Json[] => [
  inQuery('from', dateTime, `Default: ${length} before to`),
  inQuery('to', dateTime, 'Default: now'),
];

/** What the money bought, in the OpenAPI description: outcomes and releases. */
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
};

export const VALUE_SCHEMAS: Json = {
  Feedback: jsonSchema(feedbackSchema),
  OutcomeRule: jsonSchema(ruleSchema),
  Release: jsonSchema(releaseSchema),
  Measured: object({
    before: nullable(string),
    after: nullable(string),
    change: nullable(number),
    p: { ...nullable(number), description: "Welch's t test, two-sided; null below 30 calls on a side" },
  }),
};
