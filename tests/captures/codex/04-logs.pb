
À
É

service.version	
0.169.0

	host.name
vm
!
telemetry.sdk.version
0.31.0

service.name

codex_exec
%
telemetry.sdk.name
opentelemetry
 
telemetry.sdk.language
rust

env
devr

codex_otel::metrics::clientQDEBUG*
flushing OTEL metricsYávªÿ([êb$event otel/src/metrics/client.rs:324