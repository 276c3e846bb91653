import { describe, expect, it } from 'vitest';
import { foreignCalls } from '../../faults/offline/foreign-addresses.ts';

const line = (call: string, address: string): string => `4711  ${call}(19, {${address}}, 16) = -1 ENETUNREACH`;
const IPV4 = 'sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("93.184.216.34")';

describe('foreignCalls', () => {
  describe('when a trace stays on the machine', () => {
    it.each([
      line('connect', 'sa_family=AF_UNIX, sun_path="/run/user/0/bus"'),
      line('connect', 'sa_family=AF_INET, sin_port=htons(8443), sin_addr=inet_addr("127.0.0.1")'),
      '1 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      line('sendto', 'sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000'),
    ])('finds nothing foreign in %s', (trace) => {
      expect(foreignCalls(trace)).toEqual({ addressed: 1, foreign: [] });
    });
  });

  describe('when a trace leaves the machine', () => {
    it.each([
      line('connect', IPV4),
      line('connect', 'sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")'),
      '1 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2606:2800::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      '8  sendmsg(20, {msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, msg_namelen=16}, 0) = 40',
      line('connect', 'sa_family=AF_VSOCK, svm_cid=0x2, svm_port=0x400'),
      `4711  connect(19, {${IPV4}}, 16 <unfinished ...>`,
    ])('names the call of %s', (trace) => {
      expect(foreignCalls(`execve("x")\n${trace}`).foreign).toMatchObject([{ line: 2 }]);
    });

    it('counts each address of a call that sends to several', () => {
      const trace = `7 sendmmsg(3, [{msg_hdr={msg_name={${IPV4}}}}, {msg_hdr={msg_name={${IPV4}}}}], 2, 0) = 2`;

      expect(foreignCalls(trace).foreign).toHaveLength(2);
    });
  });
});
