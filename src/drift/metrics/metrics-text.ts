import { METRICS, type MetricName, type Sample } from './metrics.js';

/**
 * Samples as node-exporter's textfile collector reads them: Prometheus' text format 0.0.4, no times of their own, a newline at the
 * end. A metric without a sample is left out.
 */
export async function metricsText(samples: readonly Sample[]): Promise<string> {
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  for (const name of Object.keys(METRICS) as MetricName[]) {
    const own = samples.filter(({ metric }) => metric === name);
    if (own.length === 0) continue;
    const { help, labels } = METRICS[name];
    const gauge = new Gauge({ name, help, labelNames: labels, registers: [registry] });
    for (const sample of own) gauge.set(sample.labels, sample.value);
  }
  return `${(await registry.metrics()).trimEnd()}\n`;
}
