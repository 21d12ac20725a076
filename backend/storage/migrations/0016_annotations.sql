-- What dashboards mark on their time axes: when a budget's threshold was crossed, and when past calls were priced again.
-- Views of their own, so that readers see these few columns and not the tables behind them.

CREATE VIEW public.budget_crossing_marks AS
SELECT crossing.at, crossing.budget_id, budget.name, budget.tenant, budget.period, crossing.threshold,
  crossing.spent / nullif(crossing.amount, 0) AS ratio, nullif(counter.run_id, '') AS run_id, crossing.armed_again_at
FROM public.budget_crossings crossing
JOIN public.budget_counters counter USING (counter_id)
JOIN public.budgets budget ON budget.budget_id = crossing.budget_id
WHERE budget.deleted_at IS NULL;

CREATE VIEW public.repricing_marks AS
SELECT at, audit_id, by, why FROM public.price_audit WHERE action = 'reprice';

GRANT SELECT ON public.budget_crossing_marks, public.repricing_marks TO llmcost_reader;
