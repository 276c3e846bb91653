import { describe, expect, it } from 'vitest';
import { planListening, type ListenRequest } from '#native/http-shell/listen-plan.ts';

const TLS = { key: 'key', cert: 'cert' };
const request = (over: Partial<ListenRequest>): ListenRequest => ({
  host: '127.0.0.1',
  port: 0,
  tls: null,
  publicNames: [],
  ...over,
});

describe('planListening', () => {
  describe('when the address is this machine only', () => {
    it.each(['127.0.0.1', '127.0.0.53', '::1', 'localhost'])('allows %s without TLS', (host) => {
      expect(planListening(request({ host })).scheme).toBe('http');
    });
  });

  describe('when other machines reach the address', () => {
    it.each(['0.0.0.0', '::', '192.168.7.4', 'station.plant.example', '127.0.0.1.example'])(
      'refuses %s without TLS',
      (host) => {
        expect(() => planListening(request({ host, publicNames: ['station'] }))).toThrow(
          expect.objectContaining({ code: 'LISTEN_REFUSED' }),
        );
      },
    );

    it('answers under its address and its public names with TLS', () => {
      const plan = planListening(request({ host: '192.168.7.4', tls: TLS, publicNames: ['Station.Plant.example'] }));

      expect(plan).toMatchObject({
        scheme: 'https',
        names: ['192.168.7.4', 'station.plant.example'],
        linkName: 'station.plant.example',
      });
    });

    it('refuses a wildcard that names nothing it answers to', () => {
      expect(() => planListening(request({ host: '0.0.0.0', tls: TLS }))).toThrow(
        expect.objectContaining({ code: 'LISTEN_REFUSED' }),
      );
    });
  });
});
