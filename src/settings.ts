/** Settings of the app that everybody may read. */
export interface AppSettings {
  /** Where Grafana's server reaches the collector, without a path. */
  collectorUrl?: string;
  /** The cost data source that the app's pages read; the first one when empty. */
  datasourceUid?: string;
}

/** Settings that only Grafana's server can read. */
export interface AppSecrets {
  /** A key of the collector with the scope "read". */
  collectorToken?: string;
}
