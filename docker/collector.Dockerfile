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
# So that memory that is free goes back to the system, see backend/launch/nodeFlags.ts.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=4194304
CMD ["node", "--max-semi-space-size=16", "--require", "tsx/cjs", "backend/cli/collector.ts"]
