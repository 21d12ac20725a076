import type { Pool } from 'pg';
import { type BudgetChoice, type BudgetView, budgetViewSql } from '../../src/query';
import { readViewTable, type ViewTable } from '../query/viewTable';

/** What the dashboard's panels read, for the budgets of a choice: the very rows that the PostgreSQL source gives. */
export const readBudgetView = (pool: Pool, view: BudgetView, choice: BudgetChoice): Promise<ViewTable> =>
  readViewTable(pool, budgetViewSql(view, choice));
