import type { AppRootProps } from '@grafana/data';
import React from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import { APP_PATH } from '../constants';
import type { AppSettings } from '../settings';
import { ApprovalsPage } from './Approvals/ApprovalsPage';
import { BudgetsPage } from './Budgets/BudgetsPage';
import { ExploreCostsPage } from './ExploreCosts/ExploreCostsPage';
import { MyUsagePage } from './MyUsage/MyUsagePage';
import { PricesPage } from './Prices/PricesPage';
import { ReportsPage } from './Reports/ReportsPage';
import { SetupPage } from './Setup/SetupPage';
import { WhatIfPage } from './WhatIf/WhatIfPage';
import { WhyPage } from './Why/WhyPage';

const NO_SETTINGS: AppSettings = {};

/** The app's pages. */
export default function App({ meta }: AppRootProps<AppSettings>): React.JSX.Element {
  const settings = meta.jsonData ?? NO_SETTINGS;
  return (
    <Routes>
      <Route path="setup" element={<SetupPage settings={settings} />} />
      <Route path="explore" element={<ExploreCostsPage settings={settings} />} />
      <Route path="why" element={<WhyPage settings={settings} />} />
      <Route path="approvals" element={<ApprovalsPage />} />
      <Route path="budgets" element={<BudgetsPage settings={settings} />} />
      <Route path="what-if" element={<WhatIfPage />} />
      <Route path="reports" element={<ReportsPage />} />
      <Route path="prices" element={<PricesPage />} />
      <Route path="my-usage" element={<MyUsagePage />} />
      <Route path="*" element={<Navigate to={`${APP_PATH}/setup`} replace />} />
    </Routes>
  );
}
