import pluginJson from './plugin.json';

export const APP_ID = pluginJson.id;
export const APP_PATH = `/a/${APP_ID}`;
export const CONFIGURATION_PATH = `/plugins/${APP_ID}`;
/** The collector's default address, for clients on the same machine. */
export const DEFAULT_COLLECTOR_URL = 'http://127.0.0.1:4318';
