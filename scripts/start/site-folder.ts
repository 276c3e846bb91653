import { join } from 'node:path';

/** The site that `npm start` opens: below GANTRY_HOME when that is set, else in this person's data folder. */
export function defaultSiteFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  return join(env['GANTRY_HOME'] ?? join(userDataFolder(platform, env, home), 'gantry'), 'site');
}

function userDataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') return env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_DATA_HOME'] ?? join(home, '.local', 'share');
}
