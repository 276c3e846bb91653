export { durableText } from './durable-text.ts';
export {
  createSiteFolder,
  openSiteFolder,
  pathsOfNewSite,
  readNetwork,
  writeNetwork,
  SiteNetwork,
  type SiteFolder,
  type SitePaths,
} from './site-folder.ts';
