import { AppPlugin, type AppRootProps, type PluginConfigPageProps, type PluginMeta } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import React, { lazy, Suspense } from 'react';
import { newCostAlert, whyDidItChange } from './extensions/links';
import type { AppSettings } from './settings';

// This file is loaded with every page of Grafana, because of the link in panel menus: pages come when they are opened.
const LazyApp = lazy(() => import('./pages/App'));
const LazyConfiguration = lazy(() => import('./pages/Configuration/Configuration'));

const loading = <LoadingPlaceholder text="Loading" />;

const App = (props: AppRootProps<AppSettings>) => (
  <Suspense fallback={loading}>
    <LazyApp {...props} />
  </Suspense>
);

const Configuration = (props: PluginConfigPageProps<PluginMeta<AppSettings>>) => (
  <Suspense fallback={loading}>
    <LazyConfiguration {...props} />
  </Suspense>
);

export const plugin = new AppPlugin<AppSettings>()
  .setRootPage(App)
  .addConfigPage({ id: 'configuration', title: 'Configuration', icon: 'cog', body: Configuration })
  .addLink(newCostAlert)
  .addLink(whyDidItChange);
