#!/usr/bin/env bash
# Whether the plugin also builds against Grafana 13's packages and React 19, in a temporary folder: this clone stays at the
# lowest version that is supported. Takes minutes, so it is no part of CI: npm run build:grafana13 [VERSION]
set -euo pipefail
cd "$(dirname "$0")/.."
grafana=${1:-13.2.2}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

git archive HEAD | tar -x -C "$folder"
# What is installed here is a start: only what differs has to come.
if [ -d node_modules ]; then cp -a node_modules "$folder"; fi
cd "$folder"
for name in data i18n runtime schema ui; do npm pkg set "dependencies.@grafana/$name=$grafana"; done
for name in react react-dom; do npm pkg set "dependencies.$name=^19.2.0"; done
for name in react react-dom; do npm pkg set "devDependencies.@types/$name=^19.2.0"; done
npm install --no-audit --no-fund --legacy-peer-deps --ignore-scripts --loglevel=error
npx tsc --noEmit
npx webpack -c ./webpack.config.ts --env production
echo "Builds against Grafana $grafana"
