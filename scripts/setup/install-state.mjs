// Plain JavaScript for Node 18 and up: runs before anything is installed.

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock
 */

/**
 * Whether node_modules holds exactly what the lock file names. Versions are compared and not file times:
 * a checkout of another branch changes times without changing a dependency.
 * @param {Lock} wanted package-lock.json
 * @param {Lock | null} installed node_modules/.package-lock.json, which npm writes when it is done; null when absent
 * @returns {'complete' | 'absent' | 'outdated'}
 */
export function installState(wanted, installed) {
  if (installed === null) return 'absent';
  const have = installed.packages ?? {};
  const want = wanted.packages ?? {};
  const isMissing = Object.entries(want).some(([path, entry]) => {
    const found = have[path];
    // The root is not in the installed list, and packages for other platforms are never installed.
    if (path === '' || (found === undefined && isOptional(entry))) return false;
    return found?.version !== entry.version;
  });
  const isForeign = Object.entries(have).some(([path, entry]) => want[path]?.version !== entry.version);
  return isMissing || isForeign ? 'outdated' : 'complete';
}

/** @param {LockedPackage} entry */
function isOptional(entry) {
  return entry.optional === true || entry.devOptional === true;
}

/**
 * Why `npm ci` failed, as far as its output tells, and what to do.
 * @param {string} output
 * @param {boolean} timedOut
 */
export function explainInstallFailure(output, timedOut) {
  const isOffline =
    timedOut ||
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/.test(output);
  if (isOffline) {
    return (
      'npm could not reach its registry' +
      (timedOut ? ' in time' : '') +
      '. Nothing but node_modules was touched.\n' +
      'Connect this machine once and repeat; or name a reachable registry (`npm config set registry <address>`);\n' +
      'or copy node_modules from a machine of the same kind that has run `npm ci` on this commit.'
    );
  }
  if (/EPERM|EBUSY/.test(output))
    return 'npm could not replace files that are in use. Stop every running Gantry program, run `npm ci` yourself, and repeat.';
  return 'npm ci failed; its own message is above. Nothing but node_modules was touched.';
}
