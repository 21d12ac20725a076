import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import { merge } from 'webpack-merge';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

/** The scaffold copies the root plugin's logos only; the nested plugins' images have to be named here. */
const nestedImages = new CopyWebpackPlugin({
  patterns: [{ from: '{datasource,panels}/**/img/*', to: '.' }],
});

export default async function config(env: Env): Promise<Configuration> {
  return merge(await grafanaConfig(env), { plugins: [nestedImages] });
}
