import type * as promClient from 'prom-client';
import { METRICS, type MetricName, type Sample } from './metrics.js';

/**
 * Samples as node-exporter's textfile collector reads them: Prometheus' text format 0.0.4, no times of their own, a newline at the
 * end. A metric without a sample is left out.
 */
export async function metricsText(samples: readonly Sample[]): Promise<string> {
  const { Gauge, Registry } = await loadClient();
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

type Client = Pick<typeof promClient, 'Gauge' | 'Registry'>;

/** It is CommonJS: all that it exports is its default, however it is bundled. */
async function loadClient(): Promise<Client> {
  const { default: client } = (await import('prom-client')) as unknown as { default: Client };
  return client;
}
