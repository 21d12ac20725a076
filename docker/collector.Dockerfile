# The collector and the demo load: one image, two commands (docker-compose.yaml).
FROM node:22.21.1-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22.21.1-bookworm-slim AS collector
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE NOTICE ./
COPY backend ./backend
COPY src/query ./src/query
# What waits for the database while it is away is kept here.
RUN mkdir /data && chown node:node /data
ENV LLMCOST_DATA_DIR=/data
VOLUME /data
USER node
EXPOSE 4317 4318
CMD ["node", "--max-semi-space-size=32", "--import", "tsx", "backend/cli/collector.ts"]
