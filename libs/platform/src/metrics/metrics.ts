import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { listen, type Listener } from '../http/listener.js';

/** One registry per process. Labels name servers, never users or items. */
export const metrics = new Registry();

export function counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
  return (metrics.getSingleMetric(name) as Counter | undefined) ?? new Counter({ name, help, labelNames: [...labelNames], registers: [metrics] });
}

export function histogram(name: string, help: string, buckets: readonly number[], labelNames: readonly string[] = []): Histogram {
  return (
    (metrics.getSingleMetric(name) as Histogram | undefined) ??
    new Histogram({ name, help, buckets: [...buckets], labelNames: [...labelNames], registers: [metrics] })
  );
}

/** Serves `/metrics` on its own port. */
export async function serveMetrics(bind: string, port: number): Promise<Listener> {
  if (!metrics.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metrics });
  return listen({
    bind,
    port,
    handle: (request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      void metrics.metrics().then((text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text));
    },
  });
}
