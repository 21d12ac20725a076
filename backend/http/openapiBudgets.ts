import { GRANTS } from '../budgets/authorize/approvals';
import { REASONS, VERDICTS } from '../budgets/authorize/decide';
import { authorizeSchema } from '../budgets/authorize/request';
import { BUDGET_STATES, budgetSchema, SCOPE_DIMENSIONS } from '../budgets/budget';
import { BUDGET_VIEWS } from '../../src/query';
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
  viewTable,
} from './openapiParts';

const APPROVAL_STATES = ['waiting', 'approved', 'denied', 'expired'];
const METHODS = ['todays_rate', 'seven_day_average', 'thirty_day_trend'];

/** Budgets in the OpenAPI description. */
export const BUDGET_PATHS: Json = {
  '/v1/budgets': {
    get: operation({
      summary: 'Budgets and how they stand',
      scope: 'read',
      parameters: [
        inQuery(
          'tenant',
          string,
          'Budgets of this tenant; empty: those over all tenants. Without it those of every tenant that you see'
        ),
      ],
      ok: object({
        budgets: array(ref('BudgetStatus')),
        tenants: {
          ...nullable(array(string)),
          description: 'Whose budgets the caller may make; null for all, and for those over all',
        },
      }),
    }),
    post: operation({
      summary: 'Makes a budget; what was spent in its current window before counts',
      scope: 'admin',
      body: content(ref('Budget')),
      ok: ref('BudgetStatus'),
      status: 201,
    }),
  },
  '/v1/budgets/preview': {
    post: operation({
      summary: 'What a budget would say if it were there: its scope now and before, and how often it would have fired',
      scope: 'read',
      body: content(ref('Budget')),
      ok: object({
        limit: money,
        look_back_days: integer,
        current: nullable(ref('PreviewWindow')),
        previous: array(ref('PreviewWindow')),
        runs: nullable(
          object({ count: integer, largest: array(object({ run_id: string, spent: money, ratio: number })) })
        ),
        fired: array(object({ threshold: number, times: integer, last_at: nullable(dateTime) })),
        forecast: nullable({ type: 'object', description: 'as GET /v1/budgets/{id}/forecast, without the path' }),
      }),
    }),
  },
  '/v1/budgets/rebuild': {
    post: operation({
      summary: 'Sums what was spent anew from the calls, and says what was different',
      scope: 'admin',
      body: content(object({ id: nullable(string) }, [])),
      ok: object({
        budgets: integer,
        corrections: array(
          object({
            id: string,
            name: string,
            window_start: nullable(dateTime),
            run_id: nullable(string),
            spent_before: money,
            spent_after: money,
          })
        ),
      }),
    }),
  },
  '/v1/budgets/{id}': {
    get: operation({
      summary: 'A budget and how it stands, now or at a time',
      scope: 'read',
      parameters: [idParameter, inQuery('at', dateTime, 'Default: now')],
      ok: ref('BudgetStatus'),
    }),
    put: operation({
      summary: 'Replaces a budget; with `version` only if it is still at that version',
      scope: 'admin',
      parameters: [idParameter],
      body: content({ allOf: [ref('Budget'), object({ version: integer }, [])] }),
      ok: ref('BudgetStatus'),
    }),
    delete: operation({
      summary: 'Removes a budget; its audit stays',
      scope: 'admin',
      parameters: [idParameter],
      ok: null,
      status: 204,
    }),
  },
  '/v1/budgets/{id}/audit': {
    get: operation({
      summary: 'Who made, changed and removed a budget, and decided about its approvals; the newest first',
      scope: 'read',
      parameters: [idParameter],
      ok: object({ entries: array({ type: 'object' }) }),
    }),
  },
  '/v1/budgets/views/{view}': {
    get: operation({
      summary: 'How budgets stand as a table, in the shape of a panel of the budgets dashboard',
      scope: 'read',
      parameters: [
        { name: 'view', in: 'path', required: true, schema: { type: 'string', enum: [...BUDGET_VIEWS] } },
        inQuery('tenant', array(string), 'Budgets of these tenants only (repeated)'),
        inQuery('project', array(string), 'Budgets of these projects only (repeated)'),
      ],
      ok: viewTable,
    }),
  },
  '/v1/budgets/{id}/forecast': {
    get: operation({
      summary: 'Where the current window is expected to end, day by day, and when each threshold will be crossed',
      scope: 'read',
      parameters: [idParameter],
      ok: object({
        id: string,
        too_early: { type: 'boolean' },
        projected_end: nullable(number),
        low: nullable(number),
        high: nullable(number),
        method: nullable({ enum: METHODS }),
        back_test_error: nullable(number),
        days: integer,
        path: array(object({ time: dateTime, expected: number, low: number, high: number })),
        crossings: array(object({ threshold: number, amount: number, at: nullable(dateTime) })),
      }),
    }),
  },
  '/v1/forecast': {
    get: operation({
      summary: 'What today, the next 7 and the next 30 days are expected to cost; null where it is too early to say',
      scope: 'read',
      parameters: [
        inQuery('tenant', string),
        inQuery('time_zone', { type: 'string', default: 'UTC' }),
        ...SCOPE_DIMENSIONS.map((name) => inQuery(name, string)),
      ],
      ok: object({
        time_zone: string,
        days: integer,
        spent_today: number,
        daily: nullable(ref('Projection')),
        weekly: nullable(ref('Projection')),
        monthly: nullable(ref('Projection')),
      }),
    }),
  },
  '/v1/authorize': {
    post: operation({
      summary: 'May this call be made? Reserves what it may cost; the same request_id gets the same answer',
      scope: 'ingest',
      body: content(ref('AuthorizeRequest')),
      ok: ref('Authorization'),
    }),
  },
  '/v1/reservations/{id}/settle': {
    post: operation({
      summary: 'What the call cost, until its usage event says so; ends the reservation',
      scope: 'ingest',
      parameters: [idParameter],
      body: content(object({ cost: money })),
      ok: object({
        id: string,
        state: { enum: ['open', 'settled', 'expired'] },
        request_id: string,
        amount: money,
        settled: nullable(money),
        expires_at: dateTime,
      }),
    }),
  },
  '/v1/approvals': {
    get: operation({
      summary: 'Requests that wait, or waited, for somebody to decide; the newest first',
      scope: 'read',
      parameters: [inQuery('state', { enum: APPROVAL_STATES })],
      ok: object({ approvals: array(ref('Approval')) }),
    }),
  },
  '/v1/approvals/{id}': {
    get: operation({
      summary: 'One of them; with `wait` the reply comes when it is decided, or after so many seconds',
      scope: 'ingest',
      parameters: [idParameter, inQuery('wait', { type: 'integer', minimum: 0, maximum: 50 })],
      ok: ref('Approval'),
    }),
  },
  '/v1/approvals/{id}/approve': {
    post: operation({
      summary: 'Lets the request through once, so much more be spent, or everything until the reset',
      scope: 'admin',
      parameters: [idParameter],
      body: content(object({ grant: { enum: GRANTS, default: 'once' }, amount: money }, [])),
      ok: ref('Approval'),
    }),
  },
  '/v1/approvals/{id}/deny': {
    post: operation({
      summary: 'Denies the request, with a reason that its caller is told',
      scope: 'admin',
      parameters: [idParameter],
      body: content(object({ reason: string })),
      ok: ref('Approval'),
    }),
  },
};

export const BUDGET_SCHEMAS: Json = {
  AuthorizeRequest: jsonSchema(authorizeSchema),
  Authorization: object({
    decision: { enum: VERDICTS },
    reason: { enum: REASONS },
    message: nullable(string),
    reservation_id: nullable(string),
    expires_at: nullable(dateTime),
    approval_ids: array(string),
    estimate: nullable(money),
    budgets: array(
      object({
        id: string,
        name: string,
        limit: money,
        spent: money,
        committed: money,
        remaining: money,
        decided: { type: 'boolean' },
      })
    ),
    not_checked: array(object({ id: string, name: string, missing: array(string) })),
    enforced: { type: 'boolean' },
  }),
  Projection: {
    ...object({
      expected: number,
      low: number,
      high: number,
      method: { enum: METHODS },
      back_test_error: nullable(number),
    }),
    description: 'USD; back_test_error: of the same method over the last 30 days, 0.1 is 10%',
  },
  Approval: object({
    id: string,
    state: { enum: APPROVAL_STATES },
    tenant: string,
    budget_id: string,
    budget: string,
    request: ref('AuthorizeRequest'),
    amount: money,
    limit: money,
    spent: money,
    committed: money,
    window_end: nullable(dateTime),
    grant: nullable({ enum: GRANTS }),
    grant_amount: nullable(money),
    reason: nullable(string),
    created_at: dateTime,
    expires_at: dateTime,
    decided_at: nullable(dateTime),
    decided_by: nullable(string),
  }),
  PreviewWindow: object({
    window_start: dateTime,
    window_end: dateTime,
    spent: money,
    ratio: number,
    state: { enum: BUDGET_STATES },
    threshold_reached: nullable(number),
    calls: integer,
    unpriced_calls: integer,
  }),
  Budget: jsonSchema(budgetSchema),
  BudgetStatus: {
    allOf: [
      ref('Budget'),
      object(
        {
          id: string,
          version: integer,
          origin: { enum: ['api', 'file'] },
          run_id: nullable(string),
          window_start: nullable(dateTime),
          window_end: nullable(dateTime),
          limit: money,
          spent: money,
          committed: money,
          remaining: money,
          ratio: number,
          calls: integer,
          unpriced_calls: integer,
          projected_end: nullable(money),
          projected_ratio: nullable(number),
          projected_low: nullable(money),
          projected_high: nullable(money),
          state: { enum: BUDGET_STATES },
          threshold_reached: nullable(number),
          crossings: array(
            object({ threshold: number, crossed_at: nullable(dateTime), crosses_at: nullable(dateTime) })
          ),
          runs: array({ type: 'object' }),
        },
        ['id', 'version', 'limit', 'spent', 'committed', 'state']
      ),
    ],
  },
};
