import type { SeriesQuery, SeriesResult } from '#contracts/telemetry.ts';

/** Values that depend on the moment alone, with one outage of 20 minutes and one spike. */
export function seriesFor(query: SeriesQuery, now: number): SeriesResult {
  const at: number[] = [];
  for (
    let moment = Math.ceil(query.from / query.stepMs) * query.stepMs;
    moment <= Math.min(query.to, now);
    moment += query.stepMs
  )
    at.push(moment);
  const names = query.groupBy === 'version' ? ['1.0.0', '1.1.0'] : ['aoi-4-01', 'aoi-4-02'];
  const outageFrom = now - 95 * 60_000;
  const inOutage = (moment: number): boolean => moment > outageFrom && moment < outageFrom + 20 * 60_000;
  const switchAt = now - 60 * 60_000;
  const value = (name: string, moment: number): number | null => {
    if (inOutage(moment)) return null;
    if (name === '1.1.0' && moment < switchAt) return null;
    if (name === '1.0.0' && moment > switchAt + 8 * 60_000) return null;
    const wave = Math.sin(moment / 600_000) * 3 + Math.sin(moment / 47_000) * 1.4;
    const scale = name.endsWith('1.1.0') || name.endsWith('02') ? 0.7 : 1;
    switch (query.metric) {
      case 'latency.p50':
        return (17 + wave) * scale;
      case 'latency.p99':
        return (41 + wave * 2 + (Math.abs(moment - (now - 25 * 60_000)) < query.stepMs ? 58 : 0)) * scale;
      case 'requests':
        return Math.round(480 + wave * 20);
      case 'errors':
        return Math.abs(Math.sin(moment / 913_000)) > 0.97 ? 2 : 0;
      case 'doubtful':
        return Math.round(14 + wave);
      case 'rss':
        return 94_000_000 + wave * 400_000;
    }
  };
  return {
    at,
    unit: query.metric.startsWith('latency') ? 'ms' : query.metric === 'rss' ? 'B' : '1',
    series: names.map((name) => {
      const values = at.map((moment) => value(name, moment));
      return {
        name,
        values,
        min: values.map((one) => (one === null ? null : one * 0.8)),
        max: values.map((one) => (one === null ? null : one * 1.3)),
      };
    }),
    markers: [{ at: switchAt, kind: 'rollout.started', text: 'Rollout of 1.1.0 (CHG-20417)' }].filter(
      (marker) => marker.at >= query.from && marker.at <= query.to,
    ),
  };
}
