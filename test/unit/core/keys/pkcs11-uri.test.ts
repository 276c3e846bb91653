import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPkcs11Uri, parsePkcs11Uri } from '#core/keys/index.ts';

describe('parsePkcs11Uri', () => {
  it('reads token, key, library and PIN file', () => {
    expect(
      parsePkcs11Uri(
        'pkcs11:token=Plant%20HSM;object=site?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin',
      ),
    ).toEqual({
      modulePath: '/usr/lib/softhsm/libsofthsm2.so',
      token: 'Plant HSM',
      object: 'site',
      pinFile: '/run/pin',
    });
  });

  it.each([
    ['file:/etc/passwd', 'another scheme'],
    ['pkcs11:token=a;object=b', 'no library'],
    ['pkcs11:object=b?module-path=/m', 'no token'],
    ['pkcs11:token=a;token=b?module-path=/m', 'a repeated attribute'],
    ['pkcs11:token=a;id=%01?module-path=/m', 'an attribute that would narrow the search'],
    ['pkcs11:token=a;type=public?module-path=/m', 'a public key'],
    ['pkcs11:token=a?module-path=/m?x', 'a second query'],
    ['pkcs11:token=%zz?module-path=/m', 'a broken percent code'],
    [`pkcs11:token=${'a'.repeat(3000)}?module-path=/m`, 'endless text'],
  ])('refuses %s (%s)', (text) => {
    expect(() => parsePkcs11Uri(text)).toThrow(expect.objectContaining({ code: 'PKCS11_URI_INVALID' }));
  });

  it('refuses a PIN in the URI and does not repeat it', () => {
    let told = '';
    try {
      parsePkcs11Uri('pkcs11:token=a;object=b?module-path=/m&pin-value=867530');
    } catch (error) {
      told = String(error) + JSON.stringify(error);
    }

    expect(told).toContain('pin-source');
    expect(told).not.toContain('867530');
  });

  it('is the inverse of formatPkcs11Uri for any labels', () => {
    const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (token, object, file) => {
        const uri = { modulePath: `/lib/${file}`, token, object, pinFile: `/run/${file}` };
        fc.pre(formatPkcs11Uri(uri).length <= 2048);
        expect(parsePkcs11Uri(formatPkcs11Uri(uri))).toEqual(uri);
      }),
      { seed: 7 },
    );
  });
});
