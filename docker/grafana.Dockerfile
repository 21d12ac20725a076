# Grafana with the plugin, its dashboards and everything provisioned.
FROM node:22.21.1-bookworm-slim AS plugin
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY .config ./.config
COPY webpack.config.ts tsconfig.json eslint.config.mjs .prettierrc.js README.md CHANGELOG.md LICENSE ./
COPY src ./src
RUN npm run build

FROM grafana/grafana:12.4.0 AS grafana
# Not under /var/lib/grafana: that is a volume, which would keep the plugin of the first start for ever.
COPY --from=plugin /app/dist /opt/llmcost/plugins/llmcost-app
COPY dashboards /opt/llmcost/dashboards
COPY provisioning /etc/grafana/provisioning
ENV GF_PATHS_PLUGINS=/opt/llmcost/plugins \
    LLMCOST_DASHBOARDS=/opt/llmcost/dashboards
EXPOSE 3000
