-- Which contact point somebody named for a budget: a label of its alerts, by which notification policies route them.
CREATE VIEW public.budget_routes AS
SELECT budget_id, coalesce(contact_point, '') AS contact_point FROM public.budgets WHERE deleted_at IS NULL;

-- How many requests wait for an approval, of every budget that can ask for one; a row with 0 ends its alert.
CREATE VIEW public.approval_status AS
SELECT budget.budget_id, budget.name, budget.tenant,
  CASE WHEN jsonb_array_length(budget.scope -> 'project') = 1 THEN budget.scope -> 'project' ->> 0 END AS project,
  count(approval.approval_id) AS waiting, coalesce(sum(approval.amount), 0) AS amount, min(approval.created_at) AS since
FROM public.budgets budget
LEFT JOIN public.approvals approval
  ON approval.budget_id = budget.budget_id AND approval.state = 'waiting' AND approval.expires_at > now()
WHERE budget.enabled AND budget.deleted_at IS NULL
  AND EXISTS (SELECT FROM public.budget_thresholds line WHERE line.budget_id = budget.budget_id AND 'approval' = ANY (line.actions))
GROUP BY budget.budget_id;

GRANT SELECT ON public.budget_routes, public.approval_status TO llmcost_reader;
